// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That all can be measured; what it amounts to in a moment on a busy machine says nothing. */
@EnabledOnOs(OS.LINUX)
class ScenariosTest {

  /** Of processes that live for a moment. */
  private static final List<String> JAVA_OPTIONS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final boolean MUST = Boolean.parseBoolean(System.getenv("CI"));

  @TempDir private static Path folder;
  private static Tools tools;

  @BeforeAll
  static void assumeThatProgramsInCCanBeCompiled() throws IOException {
    assumeTrue(MUST || Tools.find("gcc").isPresent(), "gcc is not installed");
    tools = new Tools(folder, JAVA_OPTIONS); // once, since it compiles
  }

  private static Bench bench() {
    return new Bench(
        Plan.QUICK, tools, Cores.NOT_PINNED, new PrintStream(OutputStream.nullOutputStream()));
  }

  static Stream<Comparison> comparisons() {
    return Scenarios.all().stream()
        .filter(Comparison.class::isInstance)
        .map(Comparison.class::cast);
  }

  /** Under the heaviest load, which is the last; with CI=true no peer may be missing. */
  @ParameterizedTest
  @MethodSource("comparisons")
  void canBeMeasured(Comparison comparison) {
    List<Peer> there =
        comparison.peers().stream().filter(peer -> MUST || tools.missing(peer).isEmpty()).toList();
    assumeTrue(!comparison.ethernet() || canMakeNetworks(), "network namespaces cannot be made");
    List<Load> loads = comparison.loads();
    Load last = loads.get(loads.size() - 1);

    String body = comparison.of(there).under(List.of(last)).run(bench()).body();

    String label = last.within(Plan.QUICK).label();
    assertThat(body).doesNotContain("failed", "Skipped");
    assertThat(body.lines().filter(line -> line.startsWith("| " + label + " | ")))
        .hasSameSizeAs(there)
        .noneMatch(line -> line.contains(" | 0 | "));
  }

  private static boolean canMakeNetworks() {
    try (Ethernet made = Ethernet.open(tools)) {
      return !made.prefix().isEmpty();
    } catch (LoadException e) {
      return false;
    }
  }

  /** One that a batch of jobs takes part in again and again, while the queue stays what it is. */
  @Test
  void measuresTheBackgroundAsLongAsItIsTold() {
    Comparison background = Scenarios.background();

    try (SideBySide run = new SideBySide(background.of(List.of(Peer.OURS_BARE)), bench())) {
      run.measure(background.loads().get(0).within(Plan.QUICK));

      assertThat(run.cells().get(0).runs())
          .allSatisfy(
              measured -> {
                assertThat(measured.nanos()).isGreaterThanOrEqualTo(Plan.QUICK.run().toNanos());
                assertThat(measured.jobs()).isGreaterThan(Plan.QUICK.submissions());
              });
    }
  }

  /** One job comes for each that is done, and at the end those in flight may be on their way. */
  @Test
  void aStandingQueueStaysAsLongAsItIs() throws IOException {
    Bench bench = bench();
    int inFlight = 8;
    List<String> standing = Load.standing(inFlight).arguments();
    try (Bench.Server server = bench.startServer(Program.OUR_SERVER, standing, 2)) {
      measure(bench, server, Load.background(inFlight).arguments(), "jobs 100");

      assertThat(measure(bench, server, standing, "run 200")).isGreaterThan(1_000);
      assertThat(queued(server.port())).isBetween(100, 100 + inFlight);
    }
  }

  private static long measure(
      Bench bench, Bench.Server server, List<String> arguments, String command) {
    try (Child loader = bench.startReady(Program.LOADER, server.port(), arguments, 1, 2)) {
      return loader.measure(command, Plan.PATIENCE).jobs();
    }
  }

  private static int queued(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("status\n".getBytes(US_ASCII));
      InputStreamReader reader = new InputStreamReader(socket.getInputStream(), US_ASCII);
      String[] columns = new BufferedReader(reader).readLine().split("\t", -1);
      assertThat(columns[0]).isEqualTo("load");
      return Integer.parseInt(columns[1]);
    }
  }

  @Test
  void weighsQueuedJobsConnectionsAndJobsInFlight() {
    Section memory = new Memory().run(bench());

    assertThat(memory.verdicts())
        .extracting(Verdict::target)
        .containsExactly(
            "heap per queued 128-byte job",
            "heap per queued 128-byte job with a unique id",
            "heap per idle connection",
            "heap per job in flight at the client");
    assertThat(memory.verdicts())
        .extracting(Verdict::outcome)
        .doesNotContain(Verdict.Outcome.NOT_MEASURED);
  }

  @Test
  void goesOnWithoutAPeerThatIsMissingOrFails() {
    Peer missing = peer("missing", new Program.Installed("no-such-server", port -> List.of()));
    Peer failing = peer("failing", new Program.Installed("false", port -> List.of()));
    Comparison comparison =
        Scenarios.server()
            .of(List.of(missing, failing, Peer.OURS_BARE))
            .under(List.of(Load.inFlight(8)));

    String body = comparison.run(bench()).body();

    assertThat(body)
        .contains("Skipped: missing, since no-such-server is not installed.")
        .contains("| 8 in flight | failing | failed: ")
        .containsPattern("\\| 8 in flight \\| our server, bare loader \\| [1-9]");
  }

  private static Peer peer(String name, Program server) {
    return new Peer(name, server, List.of(), Program.LOADER);
  }
}
