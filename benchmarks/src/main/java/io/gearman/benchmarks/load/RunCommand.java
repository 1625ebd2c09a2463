// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the load harness. */
@Command(
    name = "run",
    description = {
      "Puts the same load on ours and on peers, each in processes of their own, and writes a page.",
      "Peers that are not installed are skipped, and named in the page."
    })
public final class RunCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the annotation
  private boolean help;

  @Option(names = "--quick", description = "Show in a minute or two that all of it works, no more.")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SCENARIO",
      description = "Some scenarios: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Names.class)
  private List<String> only = List.of();

  @Option(
      names = "--peer",
      split = ",",
      paramLabel = "TEXT",
      description = "Only peers whose name contains one of these.")
  private List<String> peers = List.of();

  @Option(names = "--runs", description = "How often each is measured; 5, or 2 if quick.")
  private @Nullable Integer runs;

  @Option(names = "--seconds", description = "How long each run takes; 2, or less if quick.")
  private @Nullable Integer seconds;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page; printed by default. docs/benchmarks.md is the one that is kept.")
  private @Nullable Path out;

  @Option(
      names = "--work",
      paramLabel = "FOLDER",
      description = "For logs and what is compiled; ${DEFAULT-VALUE} by default.")
  private Path work = Path.of("benchmarks/target/load");

  @Option(names = "--no-pin", description = "Let processes share all cores.")
  private boolean notPinned;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "Of each process in Java, such as -Xmx; -Xmx2g if there is none.")
  private List<String> javaOptions = List.of("-Xmx2g");

  @Override
  public Integer call() throws IOException {
    checkOptions();
    Plan plan = plan();
    Cores cores = notPinned ? Cores.NOT_PINNED : Cores.ofThisProcess();
    PrintStream progress = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    Bench bench = new Bench(plan, new Tools(work, javaOptions), cores, progress);
    List<Section> sections = new ArrayList<>();
    Report report = new Report(Machine.describe(cores), command(), plan, sections);
    boolean failed = false;
    save(report); // before half an hour has passed
    for (Scenario scenario : chosen()) {
      try {
        sections.add(scenario.run(bench));
      } catch (RuntimeException e) { // the others take long, too
        String reason = "this has failed: " + e;
        List<Verdict> verdicts = scenario.unmeasured(plan, reason);
        sections.add(new Section(scenario.name(), reason, "", verdicts));
        failed = true;
      }
      save(report);
    }
    if (out == null) {
      requireNonNull(spec).commandLine().getOut().println(report.markdown());
    }
    return failed ? 1 : 0;
  }

  private void checkOptions() {
    checkPositive("--runs", runs);
    checkPositive("--seconds", seconds);
    List<String> names =
        Scenarios.all().stream()
            .filter(Comparison.class::isInstance)
            .flatMap(scenario -> ((Comparison) scenario).peers().stream())
            .map(Peer::name)
            .distinct()
            .toList();
    if (out != null) {
      checkPage(out);
    }
    for (String text : peers) {
      if (names.stream().noneMatch(name -> name.contains(text))) {
        throw refused("No peer is called %s; there are %s", text, String.join("; ", names));
      }
    }
  }

  private void checkPage(Path page) {
    if (Files.isDirectory(page)) {
      throw refused("--out %s is a folder, not a file", page);
    }
    Path folder = page.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw refused("--out %s: there is no such folder", page);
    }
  }

  private void checkPositive(String option, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw refused("%s must be at least 1, not %d", option, value);
    }
  }

  private ParameterException refused(String message, Object... values) {
    return new ParameterException(
        requireNonNull(spec).commandLine(), String.format(Locale.ROOT, message, values));
  }

  /** Whatever ends the run early, what was measured is kept. */
  private void save(Report report) throws IOException {
    if (out != null) {
      Files.writeString(out, report.markdown());
    }
  }

  private Plan plan() {
    Plan plan = quick ? Plan.QUICK : Plan.FULL;
    return plan.with(
        runs == null ? plan.runs() : runs,
        seconds == null ? plan.run() : Duration.ofSeconds(seconds),
        Machine.connections());
  }

  private List<Scenario> chosen() {
    List<String> known = new Names();
    for (String name : only) {
      if (!known.contains(name)) {
        throw refused("There is no scenario %s; there are %s", name, String.join(", ", known));
      }
    }
    return Scenarios.all().stream()
        .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
        .map(this::ofChosenPeers)
        .toList();
  }

  private Scenario ofChosenPeers(Scenario scenario) {
    return scenario instanceof Comparison comparison
        ? comparison.of(comparison.peers().stream().filter(this::isChosen).toList())
        : scenario;
  }

  private boolean isChosen(Peer peer) {
    return peers.isEmpty() || peers.stream().anyMatch(peer.name()::contains);
  }

  /** Without what names folders of this machine. */
  private String command() {
    StringBuilder command = new StringBuilder("java -jar benchmarks/target/benchmarks.jar run");
    for (ArgSpec arg : requireNonNull(spec).commandLine().getParseResult().matchedArgs()) {
      String name = ((OptionSpec) arg).longestName();
      if (!name.equals("--out") && !name.equals("--work")) {
        command.append(' ').append(name);
        if (arg.arity().max() > 0) {
          command.append(' ').append(String.join(",", arg.originalStringValues()));
        }
      }
    }
    return command.toString();
  }

  /** Of scenarios, for the help. */
  static final class Names extends AbstractList<String> {

    private final List<Scenario> scenarios = Scenarios.all();

    @Override
    public String get(int index) {
      return scenarios.get(index).name();
    }

    @Override
    public int size() {
      return scenarios.size();
    }
  }
}
