// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The guide to the command line shows what the program does. */
class CommandLineGuideIT {

  private static final Path GUIDE = Path.of("../../docs/command-line.md");
  private static final Pattern CONSOLE = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @TempDir private Path folder;

  private static String guide() throws IOException {
    return Files.readString(GUIDE);
  }

  static Stream<String> examples() throws IOException {
    return CONSOLE.matcher(guide()).results().map(match -> match.group(1));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExamplePrintsWhatItSays(String example) throws Exception {
    String commands = lines(example, true).replaceAll("(?m)^\\$ ", "");
    Path script = Files.writeString(folder.resolve("script"), script(commands));
    installProgram();
    ProcessBuilder shell = new ProcessBuilder("bash", script.toString());
    shell.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    shell.environment().put("GEARMAN_SERVER", server.address().toString());
    shell.environment().put("PORT", Integer.toString(server.address().port()));
    Process process = shell.redirectErrorStream(true).start();

    assertThat(withoutHaste(new String(process.getInputStream().readAllBytes(), UTF_8)).strip())
        .isEqualTo(lines(example, false).strip());
    assertThat(process.waitFor()).isZero();
  }

  /** A cold JVM on a busy machine takes its time for its first job, and says so. */
  private static String withoutHaste(String output) {
    return output.replaceAll("(?m)^.* kept the event loop for .*\n", "");
  }

  /** Workers end with the example. */
  private static String script(String commands) {
    return commands + "\nfor job in $(jobs -p); do kill $job; wait $job; done\n";
  }

  private static String lines(String example, boolean commands) {
    return example
        .lines()
        .filter(line -> line.startsWith("$ ") == commands)
        .collect(Collectors.joining("\n"));
  }

  /** What the alias is for people. */
  private void installProgram() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String jar = Path.of("target/gearman.jar").toAbsolutePath().toString();
    Path program = folder.resolve("gearman");
    Files.writeString(
        program, "#!/bin/sh\nexec '%s' -Xmx64m -jar '%s' \"$@\"\n".formatted(java, jar));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @ParameterizedTest
  @EnumSource
  void everyTestedDifferenceHasARow(ToolDifference difference) throws IOException {
    assertThat(guide()).contains("| `" + difference + "` |");
  }

  @Test
  void thereAreNoOtherRows() throws IOException {
    List<String> rows =
        Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|")
            .matcher(guide())
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(rows).hasSize(ToolDifference.values().length);
  }

  /** The table of exit codes has those of the program. */
  @ParameterizedTest
  @EnumSource
  void everyExitCodeHasARow(Outcome outcome) throws IOException {
    assertThat(guide()).contains("\n| " + outcome.code + " | ");
  }
}
