// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.transport.KeepAlive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCommandTest {

  private static final String HINT = "Try 'gearman server --help'";

  private final Cli cli = new Cli();

  private ServerSetup started(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "server";
    System.arraycopy(words, 0, all, 1, words.length);
    assertThat(cli.run(all)).as("exit code; %s", cli.err()).isZero();
    assertThat(cli.started).hasSize(1);
    return cli.started.get(0);
  }

  private void refused(String message, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "server";
    System.arraycopy(words, 0, all, 1, words.length);
    assertThat(cli.run(all)).isEqualTo(1);
    assertThat(cli.err()).hasSize(2).endsWith(HINT);
    assertThat(cli.err().get(0)).startsWith("gearman server: ").contains(message);
    assertThat(cli.started).isEmpty();
  }

  @Test
  void defaultsAreThoseOfGearmand() {
    ServerSetup setup = started();

    assertThat(Settings.of(setup, "port")).isEqualTo(4730);
    assertThat(Settings.of(setup, "host")).isIn("::", "0.0.0.0");
    assertThat(Settings.of(setup, "adminPort")).isNull();
    assertThat(Settings.of(setup, "jobRetries")).isEqualTo(-1);
    assertThat(setup.log()).isEqualTo(new LogTarget.Stderr());
    assertThat(setup.verbosity()).isEqualTo(Verbosity.ERROR);
    assertThat(setup.pidFile()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "-p 0, port, 0",
    "-p4731, port, 4731",
    "--port=65535, port, 65535",
    "-L 127.0.0.1, host, 127.0.0.1",
    "--listen=127.0.0.2, host, 127.0.0.2",
    "-j -1, jobRetries, -1",
    "-j 0, jobRetries, 0",
    "--job-retries 255, jobRetries, 255",
    "-w 3, workerWakeup, 3",
    "--worker-wakeup=4, workerWakeup, 4",
    "--exceptions, exceptions, true",
    "--job-handle-prefix=X:y, handlePrefix, X:y",
    "--max-packet-size 1MiB, maxPacketSize, 1048576",
    "--max-packet-size 100, maxPacketSize, 100",
    "--max-queued-bytes 3GiB, maxQueuedBytes, 3221225472",
    "--max-queued-bytes 7KiB, maxQueuedBytes, 7168",
    "--max-queued-bytes 9B, maxQueuedBytes, 9",
    "--max-connections 7, maxConnections, 7",
    "--max-connections-per-address 7, maxConnectionsPerAddress, 7",
    "--admin-port 0, adminPort, 0",
    "--admin-port=4731 --admin-listen 127.0.0.2, adminHost, 127.0.0.2",
    "--max-functions 7, maxFunctions, 7",
    "--stall-timeout 500ms, stallTimeout, PT0.5S",
    "--stall-timeout 2m, stallTimeout, PT2M",
    "--stall-timeout 1h, stallTimeout, PT1H",
    "--stall-timeout 9s, stallTimeout, PT9S",
    "--allow-shutdown, shutdownCommand, true"
  })
  void optionsReachTheServer(String words, String setting, String value) {
    assertThat(Settings.of(started(words.split(" ")), setting)).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-R",
        "--round-robin",
        "-q builtin",
        "--queue-type=builtin",
        "--hashtable-buckets 991",
        "-f 1",
        "--file-descriptors=1",
        "--keepalive --keepalive-idle -1 --keepalive-interval=5 --keepalive-count 3",
        "-b 7 -t 0"
      })
  void optionsThatChangeNoSettingAreAccepted(String words) {
    started(words.split(" "));
  }

  @Test
  void theUserWhoRunsItMayBeNamed() {
    started("--user", System.getProperty("user.name"));
  }

  @Test
  void optionsOfTheProcess(@TempDir Path folder) {
    ServerSetup setup =
        started("-P", folder + "/pid", "-l", folder + "/log", "--verbose", "NOTICE");

    assertThat(setup.pidFile()).isEqualTo(folder.resolve("pid"));
    assertThat(setup.log()).isEqualTo(new LogTarget.ToFile(folder.resolve("log")));
    assertThat(setup.verbosity()).isEqualTo(Verbosity.NOTICE);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void noneIsNotTheNameOfALogFile() {
    assertThat(started("--log-file=none").log()).isEqualTo(new LogTarget.None());
  }

  @ParameterizedTest
  @CsvSource({
    "-p 70000, '--port must be 0 to 65535, not 70000'",
    "-p -1, '--port must be 0 to 65535, not -1'",
    "-p x, 'Invalid value for option ''--port'''",
    "-j 256, 'server: --job-retries must be -1 to 255, not 256'",
    "-j -2, server: --job-retries must be",
    "-w -1, server: --worker-wakeup must be 0 to",
    "-b 0, --backlog must be 1 to",
    "-t -1, --threads must be 0 to",
    "-t 100000, --threads must be 0 to",
    "--keepalive-idle 0, --keepalive-idle must be 1 to 32767",
    "--keepalive-interval 32768, --keepalive-interval must be 1 to 32767",
    "--keepalive-count 128, '--keepalive-count must be 1 to 127, not 128'",
    "--hashtable-buckets 0, --hashtable-buckets must be 1 to",
    "--job-handle-prefix 0123456789012345678901234567890, server: --job-handle-prefix must be 1 to",
    "--max-connections 0, server: --max-connections must be 1 to",
    "--max-connections-per-address 0, server: --max-connections-per-address must be 1 to",
    "--admin-port 65536, 'server: --admin-port must be 0 to 65535, not 65536'",
    "--admin-listen 127.0.0.1, --admin-listen needs --admin-port",
    "--admin-port 0 --admin-listen=, --admin-listen must not be empty",
    "--admin-port 0 -L a.invalid, --listen a.invalid is not a known host",
    "--admin-port 0 --admin-listen a.invalid, --admin-listen a.invalid is not a known host",
    "--max-functions 0, server: --max-functions must be 1 to",
    "--max-packet-size 11, '--max-packet-size must be 12 to 2147483647, not 11'",
    "--max-packet-size 2GiB, --max-packet-size must be 12 to 2147483647",
    "--max-packet-size 1MB, '''1MB'' is not a number of bytes'",
    "--max-queued-bytes 99999999999TiB, is more than 2^63-1 bytes",
    "--stall-timeout 0s, server: --stall-timeout must be at least 1 ms",
    "--stall-timeout 30, '''30'' is not a duration'",
    "--verbose debug, 'expected one of [FATAL, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG]'",
    "--verbose debug, was 'debug'",
    "-vvv, unknown option -vvv",
    "--log none, unknown option --log",
    "-r gearman, '--protocol gearman is not supported, only http'",
    "--http-port 65536, '--http-port must be 0 to 65535, not 65536'",
    "--http-listen 127.0.0.1, --http-listen needs --http-port",
    "--http-port 0 --http-listen=, --http-listen must not be empty",
    "-r http --http-listen a.invalid, --http-listen a.invalid is not a known host",
    "-S, unknown option -S",
    "--port, --port",
    "-p 1 -p 2, --port",
    "4730, '''4730'' is not an option'",
    "-d, --daemon is refused",
    "-u somebody-else, --user somebody-else is refused",
    "-f 2000000000, --file-descriptors 2000000000 is refused",
    "-f 0, --file-descriptors must be 1 to",
    "-q libsqlite3, '--queue-type libsqlite3 is not supported (yet), only builtin'",
    "-P /nowhere/at/all/pid, --pid-file /nowhere/at/all/pid cannot be written: no such directory",
    "-P /, --pid-file / cannot be written: it is a directory",
    "-l /nowhere/at/all/log, --log-file /nowhere/at/all/log cannot be written: no such directory",
    "-l /, --log-file / cannot be written: it is a directory",
    "--listen=, --listen must not be empty",
    "--pid-file=, the name of a file must not be empty",
    "--log-file=, the name of a file must not be empty",
    "--config-file=, the name of a file must not be empty",
    "-L no.such.host.invalid, --listen no.such.host.invalid is not a known host"
  })
  void badOptionsAreRefused(String words, String message) {
    refused(message, words.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--syslog",
        "--coredump",
        "--store-queue-on-shutdown",
        "--libsqlite3-db=x",
        "--mysql-host x",
        "--redis-port=1",
        "--libpq-conninfo x",
        "--libmemcached-servers=x"
      })
  void optionsOfGearmandWithoutCounterpartAreNotUnknown(String words) {
    refused(" is not supported (yet)", words.split(" "));
  }

  @Test
  void theEnvironmentNamesAPort() {
    cli.environment.put("GEARMAND_PORT", "4799");

    assertThat(Settings.of(started(), "port")).isEqualTo(4799);
  }

  @Test
  void anEmptyVariableIsAsGoodAsNone() {
    cli.environment.put("GEARMAND_PORT", "");

    assertThat(Settings.of(started(), "port")).isEqualTo(4730);
  }

  @Test
  void optionsOfSocketsAndThreadsReachTheServer() {
    ServerSetup setup =
        started(
            "-b 7 -t 2 --keepalive-idle 71 --keepalive-interval 7 --keepalive-count 5".split(" "));

    assertThat(Settings.of(setup, "tcp"))
        .isEqualTo(new TcpOptions(7, 2, new KeepAlive(ofSeconds(71), ofSeconds(7), 5)));
  }

  @Test
  void optionsOfSocketsThatAreNotGivenHaveTheirDefaults() {
    ServerSetup setup = started("--keepalive-idle", "-1", "--keepalive-count", "5");

    assertThat(Settings.of(setup, "tcp"))
        .isEqualTo(new TcpOptions(null, null, new KeepAlive(ofSeconds(20), ofSeconds(10), 5)));
  }

  @Test
  void aNameThatIsNoPathIsRefusedWithoutNamesOfClasses() {
    refused("is not the name of a file", "-P", "a\0b");
    assertThat(cli.err().get(0)).doesNotContain("Exception", "java.");
  }

  @Test
  void theOptionHasPrecedenceOverTheEnvironment() {
    cli.environment.put("GEARMAND_PORT", "bad");

    assertThat(Settings.of(started("-p", "4730"), "port")).isEqualTo(4730);
  }

  @ParameterizedTest
  @ValueSource(strings = {"70000", "gearman", " "})
  void aBadPortOfTheEnvironmentIsRefused(String port) {
    cli.environment.put("GEARMAND_PORT", port);

    refused("GEARMAND_PORT must be");
  }

  @Test
  void checkArgsChecksAndEnds() {
    assertThat(cli.run("server", "--check-args", "--help", "--version", "-p", "1")).isZero();
    assertThat(cli.out()).isEmpty();
    assertThat(cli.started).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-p 70000", "-q x", "-u nobody-here", "-P /nowhere/pid", "-L no.invalid"})
  void checkArgsChecksWhatGearmandDoesNot(String words) {
    refused("", ("--check-args " + words).split(" "));
  }

  @Test
  void helpAndVersionDoNotStartAServer() {
    assertThat(cli.run("server", "--help")).isZero();
    assertThat(cli.run("server", "-V")).isZero();
    assertThat(cli.out()).startsWith("Usage: gearman server").contains("\ngearman ");
    assertThat(cli.started).isEmpty();
  }

  @Test
  void theCommandLineHasPrecedenceOverTheFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("gearmand.conf");
    Files.writeString(
        file, "# ours\n--port=4731 --exceptions\n\t-j 3 # runs\r\n--stall-timeout 1s");

    ServerSetup setup = started("--config-file", file.toString(), "-p", "4732");

    assertThat(Settings.of(setup, "port")).isEqualTo(4732);
    assertThat(Settings.of(setup, "jobRetries")).isEqualTo(3);
    assertThat(Settings.of(setup, "exceptions")).isEqualTo(true);
    assertThat(Settings.of(setup, "stallTimeout")).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "port=1, '''port=1'' is not an option'",
    "--port 1 foo bar, '''foo'' is not an option'",
    "--nope, unknown option --nope",
    "--syslog, --syslog is not supported (yet)",
    "--port, --port",
    "--ssl-key x, --ssl-key needs --ssl",
    "--check-args, belong on the command line",
    "--config-file x, belong on the command line",
    "--verbose=quiet, --verbose",
    "--port=70000, '--port must be 0 to 65535, not 70000'",
    "--job-retries 256, --job-retries must be -1 to 255",
    "-P /nowhere/pid, --pid-file /nowhere/pid cannot be written"
  })
  void aMistakeInTheFileNamesTheFile(String content, String message, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("gearmand.conf");
    Files.writeString(file, content);

    refused(message, "--check-args", "--config-file=" + file);
    assertThat(cli.err().get(0)).contains(file + ": ");
  }

  @Test
  void aMistakeOfTheCommandLineDoesNotNameTheFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("gearmand.conf"), "--port=4731 -j 256");

    refused("server: --port must be", "--config-file=" + file, "-p", "70000", "-j", "1");
  }

  @Test
  void aMistakeOfTheFileThatTheCommandLineCorrectsIsNone(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("gearmand.conf"), "--pid-file=/nowhere/pid");

    ServerSetup setup = started("--config-file=" + file, "--pid-file=" + folder.resolve("pid"));

    assertThat(setup.pidFile()).isEqualTo(folder.resolve("pid"));
  }

  @Test
  void aFileThatIsNotThereIsAFailure() {
    assertThat(cli.run("server", "--config-file", "/nowhere/gearmand.conf")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman server: Could not open configuration file /nowhere/gearmand.conf:"
                + " No such file or directory");
  }
}
