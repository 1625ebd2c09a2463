// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AdminCommandTest {

  private final Cli cli = new Cli();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** Runs the command against a server that does this. */
  private int run(Consumer<WireClient> script, String... words) throws Exception {
    CompletableFuture<Void> served =
        CompletableFuture.runAsync(
            () -> {
              try (WireClient peer = WireClient.accept(server)) {
                script.accept(peer);
              }
            });
    List<String> all = new ArrayList<>(List.of("admin", "-p", "" + server.getLocalPort()));
    all.addAll(List.of(words));
    int exitCode = cli.run(all.toArray(String[]::new));
    served.get(5, TimeUnit.SECONDS);
    return exitCode;
  }

  private static void answer(WireClient peer, String command, String reply) {
    assertThat(peer.receiveLine()).isEqualTo(command + '\r');
    peer.sendBytes(reply.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @CsvSource({
    "--getpid, getpid, OK 12, 12",
    "--server-version, version, OK 1.1.20+ds, 1.1.20+ds",
    "--server-version, version, 1.11, 1.11",
    "--server-verbose, verbose, OK ERROR, ERROR",
    "--create-function=f, create function f, OK, OK",
    "--create-function=what?, create function what?, OK, OK",
    "--drop-function f, drop function f, OK, OK",
    "--cancel-job H:1, cancel job H:1, OK, OK",
    "--shutdown, shutdown, OK, OK"
  })
  void printsTheAnswerWithoutItsOk(String words, String command, String line, String printed)
      throws Exception {
    assertThat(run(peer -> answer(peer, command, line + "\n"), words.split(" "))).isZero();
    assertThat(run(peer -> answer(peer, command, line + "\r\n"), words.split(" "))).isZero();
    assertThat(cli.out()).isEqualTo((printed + '\n').repeat(2));
    assertThat(cli.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--status, status",
    "--stat, status",
    "--priority-status, prioritystatus",
    "--workers, workers",
    "--show-jobs, show jobs",
    "--show-unique-jobs, show unique jobs"
  })
  void listsArePrintedAsTheyCome(String option, String command) throws Exception {
    String list = "f\t1\t0\t0\n\nERR of a name\n..\n.\r\n";

    assertThat(run(peer -> answer(peer, command, list), option)).isZero();
    assertThat(cli.out()).isEqualTo(list);
  }

  @Test
  void namesCannotGiveOrdersToTheTerminal() throws Exception {
    String list = "red\033[31m\t1\t0\t0\n\302\233x\t0\t0\t0\ngr\303\266n\t0\t0\t0\n.\n";

    assertThat(run(peer -> answer(peer, "status", list), "--status")).isZero();
    assertThat(cli.out()).isEqualTo("red_[31m\t1\t0\t0\n_x\t0\t0\t0\ngr\u00f6n\t0\t0\t0\n.\n");
  }

  @Test
  void answersCannotEither() throws Exception {
    assertThat(run(peer -> answer(peer, "version", "OK 1\033[2J\n"), "--server-version")).isZero();
    assertThat(run(peer -> answer(peer, "version", "ERR \033[2J\r\n"), "--server-version")).isOne();
    assertThat(cli.out()).isEqualTo("1_[2J\n");
    assertThat(cli.err()).containsExactly("Error: _[2J");
  }

  @Test
  void aListMayComeInPieces() throws Exception {
    Consumer<WireClient> script =
        peer -> {
          answer(peer, "status", "f\t1\t");
          peer.sendBytes("0\t0\n".getBytes(StandardCharsets.US_ASCII));
          peer.sendBytes(".\n".getBytes(StandardCharsets.US_ASCII));
        };

    assertThat(run(script, "--status")).isZero();
    assertThat(cli.out()).isEqualTo("f\t1\t0\t0\n.\n");
  }

  @Test
  void theOrderIsThatOfGearadmin() throws Exception {
    Consumer<WireClient> script =
        peer -> {
          answer(peer, "getpid", "OK 1\n");
          answer(peer, "version", "OK 2\n");
          answer(peer, "workers", ".\n");
          answer(peer, "status", "f\t0\t0\t0\n.\n");
        };

    assertThat(run(script, "--status", "--workers", "--server-version", "--getpid")).isZero();
    assertThat(cli.out()).isEqualTo("1\n2\n.\nf\t0\t0\t0\n.\n");
  }

  @Test
  void aRefusalIsAnErrorAndTheRestIsAsked() throws Exception {
    Consumer<WireClient> script =
        peer -> {
          answer(peer, "cancel job H:1", "ERR UNKNOWN_JOB\r\n");
          answer(peer, "version", "OK 2\n");
        };

    assertThat(run(script, "--cancel-job=H:1", "--server-version")).isEqualTo(1);
    assertThat(cli.out()).isEqualTo("2\n");
    assertThat(cli.err()).containsExactly("Error: UNKNOWN_JOB");
  }

  @Test
  void aListMayBeRefused() throws Exception {
    String reply = "ERR UNKNOWN_COMMAND Unknown+server+commandworkers\r\n";

    assertThat(run(peer -> answer(peer, "workers", reply), "--workers")).isEqualTo(1);
    assertThat(cli.err()).containsExactly("Error: UNKNOWN_COMMAND Unknown+server+commandworkers");
  }

  @Test
  void aServerThatIsGoneBeforeItAnswersHasShutDown() throws Exception {
    assertThat(run(WireClient::receiveLine, "--shutdown")).isZero();
  }

  @Test
  void aServerThatIsGoneBeforeItAnswersIsAFailureOtherwise() throws Exception {
    assertThat(run(WireClient::receiveLine, "--getpid")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman admin: 127.0.0.1:%d: the server closed the connection without an answer"
                .formatted(server.getLocalPort()));
  }

  @Test
  void aSilentServerIsNotAwaitedForEver() throws Exception {
    StringWriter err = new StringWriter();
    var command =
        new AdminCommand(
            name -> null,
            new ByteArrayOutputStream(),
            Duration.ofMillis(20),
            StandardCharsets.UTF_8);

    int exitCode =
        new CommandLine(command)
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(Failures::ofExecution)
            .execute("--getpid", "-p", "" + server.getLocalPort());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString()).contains(":" + server.getLocalPort() + " has been silent for 20 ms");
  }

  @Test
  void aRefusedConnectionIsOneLine() throws Exception {
    server.close();

    assertThat(cli.run("admin", "-p", "" + server.getLocalPort(), "--getpid")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman admin: cannot connect to 127.0.0.1:%d: Connection refused"
                .formatted(server.getLocalPort()));
  }

  @Test
  void anUnknownHostIsOneLine() {
    assertThat(cli.run("admin", "-h", "no.such.host.invalid", "--getpid")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman admin: cannot connect to no.such.host.invalid:4730: the host is not known");
  }

  @ParameterizedTest
  @CsvSource({
    "'', nothing to ask",
    "--getpid -p 0, '--port must be 1 to 65535, not 0'",
    "--getpid -p 70000, --port must be",
    "--getpid --getpid, --getpid",
    "--getpid extra, '''extra'' is not an option'",
    "--getpid --ssl-key=x, --ssl-key needs --ssl",
    "--getpid --ssl-certificate=x, --ssl-certificate needs --ssl",
    "--getpid --ssl-ca-file=x, --ssl-ca-file needs --ssl",
    "--getpid -S --ssl-key=x, --ssl-certificate (or $GEARMAN_CLIENT_PEM) and --ssl-key (or $GEARMAN_CLIENT_KEY) go together",
    "--getpid -S --ssl-ca-file=/nowhere/ca, The TLS authorities file /nowhere/ca does not exist",
    "--cancel-job=, --cancel-job needs a name",
    "--getpid --host=, --host must not be empty"
  })
  void badOptionsAreRefused(String words, String message) {
    assertThat(cli.run(("admin " + words).trim().split(" "))).isEqualTo(1);
    assertThat(cli.err()).hasSize(2).endsWith("Try 'gearman admin --help'");
    assertThat(cli.err().get(0)).startsWith("gearman admin: ").contains(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f\nshutdown", "f\rx", "f\0x"})
  void aNameCannotBringACommandOfItsOwn(String name) {
    assertThat(cli.run("admin", "--create-function", name)).isEqualTo(1);
    assertThat(cli.err().get(0)).contains("--create-function needs a name, without line ends");
  }

  /** Runs the command with words of this charset. */
  private int create(String name, Charset charset, OutputStream out, StringWriter err) {
    return new CommandLine(new AdminCommand(variable -> null, out, Duration.ofSeconds(5), charset))
        .setErr(new PrintWriter(err))
        .setParameterExceptionHandler(Failures::ofUsage)
        .setExecutionExceptionHandler(Failures::ofExecution)
        .execute("-p", "" + server.getLocalPort(), "--create-function", name);
  }

  @ParameterizedTest
  @CsvSource({"UTF-8, 6772c3b6c39f65", "ISO-8859-1, 6772f6df65"})
  void aNameIsSentInTheBytesOfItsCharset(String charset, String name) throws Exception {
    CompletableFuture<String> served =
        CompletableFuture.supplyAsync(
            () -> {
              try (WireClient peer = WireClient.accept(server)) {
                String line = peer.receiveLine();
                peer.sendBytes("OK\r\n".getBytes(StandardCharsets.US_ASCII));
                return HexFormat.of().formatHex(line.getBytes(StandardCharsets.ISO_8859_1));
              }
            });
    StringWriter err = new StringWriter();

    int exitCode =
        create("gr\u00f6\u00dfe", Charset.forName(charset), new ByteArrayOutputStream(), err);

    assertThat(exitCode).as("exit code; %s", err).isZero();
    String command = HexFormat.of().formatHex("create function ".getBytes(StandardCharsets.UTF_8));
    assertThat(served.get(5, TimeUnit.SECONDS)).isEqualTo(command + name + "0d");
  }

  @ParameterizedTest
  @CsvSource({
    "gr\u00f6\u00dfe, US-ASCII",
    "gr\uFFFD\uFFFDe, UTF-8",
    "gr\uD800e, UTF-8",
    "\u0416, ISO-8859-1"
  })
  void aNameThatTheLocaleHasChangedIsRefused(String name, String charset) {
    StringWriter err = new StringWriter();

    assertThat(create(name, Charset.forName(charset), new ByteArrayOutputStream(), err))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "--create-function: the name cannot be expressed in this locale; set LANG=C.UTF-8");
  }

  @Test
  void anAnswerThatCannotBePrintedIsAFailure() throws Exception {
    CompletableFuture<Void> served =
        CompletableFuture.runAsync(
            () -> {
              try (WireClient peer = WireClient.accept(server)) {
                answer(peer, "create function f", "OK\r\n");
              }
            });
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    StringWriter err = new StringWriter();

    int exitCode = create("f", StandardCharsets.UTF_8, new PrintStream(full), err);

    served.get(5, TimeUnit.SECONDS);
    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString()).contains("the answer cannot be written to standard output");
  }

  @Test
  void allAddressesOfANameAreTried() throws Exception {
    InetAddress[] addresses = {
      InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), InetAddress.getLoopbackAddress()
    };

    AdminConnection.open(addresses, server.getLocalPort(), Duration.ofSeconds(5)).close();

    server.accept().close();
  }

  @Test
  void bracketsOfAnAddressAreNotDoubled() throws Exception {
    server.close();

    assertThat(cli.run("admin", "-h", "[::1]", "-p", "" + server.getLocalPort(), "--getpid"))
        .isEqualTo(1);
    assertThat(cli.err().get(0))
        .startsWith("gearman admin: cannot connect to [::1]:%d:".formatted(server.getLocalPort()));
  }

  @Test
  void shortHelpIsTheHost() {
    assertThat(cli.run("admin", "--help")).isZero();
    assertThat(cli.out()).contains("-h, --host=HOST");
  }
}
