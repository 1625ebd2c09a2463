// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code submit} and {@code work} refuse before anything happens. */
class ToolOptionsTest {

  private final Cli cli = new Cli();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "submit | -f is missing: which function?",
        "work | -f is missing: which function?",
        "submit -f= | -f must be 1 to 512 bytes, not 0: ''",
        "submit -f f -h= | -h must not be empty",
        "submit -f f -p 0 | -p must be 1 to 65535, not 0",
        "submit -f f -p 65536 | -p must be 1 to 65535, not 65536",
        "submit -f f -p abc | Invalid value for option '-p': 'abc' is not an int",
        "submit -f f -t 0 | -t must be 1 to 2147483647, not 0",
        "submit -f f -t -2 | -t must be 1 to 2147483647, not -2",
        "submit -f f --total-timeout 0s | --total-timeout must be 1ms to 2147483647ms, not 0ms",
        "submit -f f --total-timeout 999h | --total-timeout must be 1ms to 2147483647ms, not 3596400000ms",
        "submit -f f --connect-timeout 0ms | --connect-timeout must be 1ms to 2147483647ms, not 0ms",
        "work -f f --connect-timeout 0ms | --connect-timeout must be 1ms to 2147483647ms, not 0ms",
        "submit -f f --at 5 | --at is for jobs in the background only: add -b",
        "submit -f f -b -I --at 5 | --at goes with normal priority only, not with -I or -L",
        "submit -f f -b --at -1 | --at must be 0 to 31556889864403199, not -1",
        "submit -f f --selection any | Invalid value for option '--selection': 'any' is none of first-available, round-robin, ring",
        "submit -f f --servers a,b -h c | --servers takes the place of -h and -p: give either",
        "work -f f --servers a,b -p 1 | --servers takes the place of -h and -p: give either",
        "submit -f f --servers a,,b | --servers: The list of servers \"a,,b\" has an empty item",
        "submit -f f --servers a,b,a | --servers: Server a:4730 is in the list twice: [a:4730, b:4730, a:4730]",
        "submit -f f --servers a:x | --servers: The port of server \"a:x\" must be 1 to 65535, not \"x\"",
        "submit -f f -h [::1] | The host of a server is without brackets, not [::1]",
        "submit -f f --ssl-ca-file ca.pem | --ssl-ca-file needs --ssl",
        "work -f f --ssl-key key.pem | --ssl-key needs --ssl",
        "submit -f f -w | -w is another command: 'gearman work'",
        "submit -f f -d | -d is not supported: run it under systemd, or in the background by &",
        "submit -f f -c 1 | unknown option -c",
        "submit -f f --concurrency 0 | --concurrency must be 1 to 1024, not 0",
        "submit -f f --max-packet-size 1 | --max-packet-size must be 1024 to 2147482623, not 1",
        "submit -f f --client-id a\u00a0b | --client-id must be printable ASCII without blanks, not 'a\u00a0b'",
        "work -f f --timeout 0s | --timeout must be 1ms to 2147483647ms, not 0ms",
        "work -f f --stop-timeout 999h | --stop-timeout must be 1ms to 2147483647ms, not 3596400000ms",
        "work -f f -c -1 | -c must be 0 to 2147483647, not -1",
        "work -f f no-such-command | the command 'no-such-command' is not there, or cannot be executed",
        "work -f f /etc | the command '/etc' is not there, or cannot be executed",
        "work -f f cat -l | unknown option -l",
        "work -f f -b | unknown option -b",
      })
  void badOptionsAreOneLineAndAHint(String words, String problem) {
    cli.environment.put("PATH", System.getenv("PATH"));
    List<String> all = List.of(words.strip().split(" "));
    String command = all.get(0);

    assertThat(cli.run(all.toArray(String[]::new))).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman " + command + ": " + problem.strip(), "Try 'gearman " + command + " --help'");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void namesHaveTheLengthsOfTheProtocol() {
    assertThat(cli.run("submit", "-f", "x".repeat(513))).isEqualTo(1);
    assertThat(cli.err().get(0)).startsWith("gearman submit: -f must be 1 to 512 bytes, not 513");

    assertThat(cli.run("submit", "-f", "f", "-u", "x".repeat(64))).isEqualTo(1);
    assertThat(cli.err().get(2)).startsWith("gearman submit: -u must be 0 to 63 bytes, not 64");
  }

  @Test
  void aNamespaceCountsWithItsFunctions() {
    assertThat(cli.run("submit", "--namespace=ns", "-f", "x".repeat(511))).isEqualTo(1);
    assertThat(cli.err().get(0))
        .startsWith("gearman submit: --namespace and -f together must be 1 to 512 bytes, not 513");
  }

  @ParameterizedTest
  @ValueSource(strings = {"submit", "work"})
  void anEnvironmentThatCannotBeReadIsNotPassedOver(String command) {
    cli.environment.put("GEARMAN_SERVERS", "a,b,");
    assertThat(cli.run(command, "-f", "f")).isEqualTo(1);
    cli.environment.put("GEARMAN_SERVER", "a:b");
    assertThat(cli.run(command, "-f", "f")).isEqualTo(1);
    cli.environment.clear();
    cli.environment.put("GEARMAND_CA_CERTIFICATE", "/missing/ca.pem");
    assertThat(cli.run(command, "-f", "f")).isEqualTo(1);

    assertThat(cli.err().get(0))
        .isEqualTo(
            "gearman %s: GEARMAN_SERVERS: The list of servers \"a,b,\" has an empty item"
                .formatted(command));
    assertThat(cli.err().get(2))
        .isEqualTo(
            "gearman %s: GEARMAN_SERVER: The port of server \"a:b\" must be 1 to 65535, not \"b\""
                .formatted(command));
    assertThat(cli.err().get(4)).startsWith("gearman " + command).contains("/missing/ca.pem");
  }

  @Test
  void aPidFileThatCannotBeWrittenIsSaidAtOnce(@TempDir Path folder) {
    String file = folder.resolve("missing/pid").toString();

    assertThat(cli.run("submit", "-f", "f", "-i", file)).isEqualTo(1);
    assertThat(cli.err())
        .contains("gearman submit: -i " + file + " cannot be written: no such directory");
  }

  @ParameterizedTest
  @CsvSource({"submit,-H", "submit,--help", "work,-H", "work,--help"})
  void printsItsHelp(String command, String option) {
    assertThat(cli.run(command, option)).isZero();
    assertThat(cli.out()).contains("Usage: gearman " + command, "--strict");
    assertThat(cli.err()).isEmpty();
  }
}
