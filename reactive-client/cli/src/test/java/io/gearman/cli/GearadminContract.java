// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The same server, asked by gearadmin and by us. */
interface GearadminContract {

  /** What one of the two printed. */
  record Printed(int exitCode, String out, String err) {}

  /** The server under test. */
  RunningServer server();

  /** A job that runs, one that waits, and a worker. */
  @BeforeEach
  default void submit() {
    WireClient worker = server().connect();
    worker.request(PacketType.SET_CLIENT_ID, "the-worker").request(PacketType.CAN_DO, "resize");
    submit(PacketType.SUBMIT_JOB, "resize", "one");
    submit(PacketType.SUBMIT_JOB_HIGH_BG, "other", "two");
    worker.request(PacketType.GRAB_JOB);
    worker.receive(PacketType.JOB_ASSIGN);
  }

  private String submit(PacketType type, String function, String unique) {
    WireClient client = server().connect().request(type, function, unique, "x");
    return new String(client.receive(PacketType.JOB_CREATED).argument(0), ISO_8859_1);
  }

  private String[] words(String options) {
    List<String> words = new ArrayList<>(List.of("-h", "127.0.0.1"));
    words.addAll(List.of("-p", "" + server().address().port()));
    words.addAll(List.of(options.split(" ")));
    return words.toArray(String[]::new);
  }

  private Printed gearadmin(String options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("gearadmin"));
    command.addAll(List.of(words(options)));
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    String err = new String(process.getErrorStream().readAllBytes(), ISO_8859_1);
    return new Printed(process.waitFor(), out, err);
  }

  private Printed ours(String options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    List<String> command = new ArrayList<>(List.of("admin"));
    command.addAll(List.of(words(options)));
    CommandLine gearman =
        Gearman.create(
            setup -> 0, System::getenv, new Stdio(InputStream.nullInputStream(), out, out));
    int exitCode = gearman.setErr(new PrintWriter(err)).execute(command.toArray(String[]::new));
    return new Printed(exitCode, out.toString(ISO_8859_1), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--getpid",
        "--server-version",
        "--server-verbose",
        "--status",
        "--priority-status",
        "--show-jobs",
        "--show-unique-jobs",
        "--create-function f",
        "--status --getpid --show-jobs --create-function=f --server-version",
        "--drop-function nothing --create-function nothing --status"
      })
  default void printsTheSame(String options) throws Exception {
    Printed theirs = gearadmin(options);

    assertThat(ours(options)).isEqualTo(theirs);
    assertThat(theirs.out()).isNotEmpty();
  }

  /** Each lists its own connection, whose number the system chooses. */
  @Test
  default void listsTheSameWorkers() throws Exception {
    assertThat(lines(ours("--workers"))).isEqualTo(lines(gearadmin("--workers")));
  }

  private static List<String> lines(Printed printed) {
    return printed
        .out()
        .lines()
        .map(line -> line.endsWith(" - :") ? line.replaceFirst("^\\d+", "n") : line)
        .toList();
  }

  @Test
  default void removesTheSame() throws Exception {
    assertThat(ours("--create-function f").exitCode()).isZero();
    Printed theirs = gearadmin("--drop-function f");
    assertThat(ours("--create-function f").exitCode()).isZero();

    assertThat(ours("--drop-function f")).isEqualTo(theirs);
    assertThat(gearadmin("--status").out()).doesNotContain("f\t0\t0\t0\n");
  }

  @Test
  default void cancelsTheSame() throws Exception {
    String ours = submit(PacketType.SUBMIT_JOB_BG, "other", "three");
    String theirs = submit(PacketType.SUBMIT_JOB_BG, "other", "four");

    assertThat(ours("--cancel-job " + ours)).isEqualTo(gearadmin("--cancel-job " + theirs));
  }

  /** Where gearadmin leaves a CR on the screen and exits with 0 we do not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--drop-function resize",
        "--drop-function nothing",
        "--cancel-job H:1",
        "--cancel-job=H:1 --server-version"
      })
  default void isRefusedTheSame(String options) throws Exception {
    Printed theirs = gearadmin(options);

    assertThat(ours(options))
        .isEqualTo(new Printed(1, theirs.out(), theirs.err().replace("\r", "")));
    assertThat(theirs.err()).startsWith("Error: ");
  }

  /** What a server refuses unless it is told otherwise; gearadmin no longer has it. */
  @Test
  default void shutdownIsRefused() {
    assertThat(ours("--shutdown"))
        .isEqualTo(new Printed(1, "", "Error: UNKNOWN_COMMAND Unknown+server+commandshutdown\n"));
  }
}
