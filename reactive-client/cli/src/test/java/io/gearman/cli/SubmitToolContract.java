// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same jobs, submitted by Debian's gearman and by us. */
interface SubmitToolContract {

  /** Of 65 bytes. */
  String TOO_LONG = "unique-id-unique-id-unique-id-unique-id-unique-id-unique-id-uniqu";

  /** The server under test, with {@link ToolFunctions}. */
  RunningServer server();

  private Ran theirs(String input, String... words) {
    return Ran.gearman(server().address().port(), input, words).withoutHandles();
  }

  private Ran ours(String input, String... words) {
    return Ran.submit(server().address().port(), input, words).withoutHandles();
  }

  static Stream<Arguments> inputs() {
    StringBuilder all = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      all.append((char) b);
    }
    return Stream.of(
        Arguments.of("-f echo hello", ""),
        Arguments.of("-f echo hello world", "not read"),
        Arguments.of("hello -f echo -P", ""),
        Arguments.of("-Pfecho -- -n", ""),
        Arguments.of("-P -f echo hello world", ""),
        Arguments.of("-b -f echo hello", ""),
        Arguments.of("-b -v -f echo hello", ""),
        Arguments.of("-b -v -P -f echo hello world", ""),
        Arguments.of("-v -P -f echo hello", ""),
        Arguments.of("-f fail x", ""),
        Arguments.of("-P -f fail x", ""),
        Arguments.of("-f fail x y z", ""),
        Arguments.of("-P -f data-fail x", ""),
        Arguments.of("-P -f events x", ""),
        Arguments.of("-v -P -f events x", ""),
        Arguments.of("-s -f echo", "not read"),
        Arguments.of("-s -P -f echo", "not read"),
        Arguments.of("-s -P -f echo data", "not read"),
        Arguments.of("-f echo", ""),
        Arguments.of("-f echo", "one\ntwo"),
        Arguments.of("-P -f echo", "one\ntwo"),
        Arguments.of("-f echo", all.toString()),
        Arguments.of("-n -f echo", ""),
        Arguments.of("-n -f echo", "one\ntwo\n"),
        Arguments.of("-n -P -f echo", "one\ntwo"),
        Arguments.of("-n -P -f echo", "one\n\n\nfour\n"),
        Arguments.of("-N -P -f echo", "one\ntwo\n"),
        Arguments.of("-n -N -P -f echo", "one\ntwo\n"),
        Arguments.of("-N -n -P -f echo", "one\ntwo\n"),
        Arguments.of("-n -P -f echo argument", "one\ntwo\n"),
        Arguments.of("-n -P -f fail", "one\ntwo\n"),
        Arguments.of("-n -P -f echo -f echo", "one\ntwo\n"),
        Arguments.of("-b -v -n -f echo", "one\ntwo\n"),
        Arguments.of("-u some-id -f unique x", ""),
        Arguments.of("-u - -f unique x", ""),
        Arguments.of("-u # -f unique x some-workload", ""),
        Arguments.of("-u # -n -P -f unique", "one\ntwo\none\n"),
        Arguments.of("-I -f echo x", ""),
        Arguments.of("-L -f echo x", ""),
        Arguments.of("-t 10000 -f echo x", ""),
        Arguments.of("-t -1 -f echo x", ""),
        Arguments.of("-f echo -f x -P -t 300 -f echo -h 127.0.0.1 y", ""));
  }

  @ParameterizedTest
  @MethodSource("inputs")
  default void printsTheSame(String options, String input) {
    String[] words = options.split(" ");
    Ran theirs = theirs(input, words);
    Ran ours = ours(input, words);

    assertThat(ours.exitCode()).isEqualTo(theirs.exitCode());
    assertThat(ours.out()).isEqualTo(theirs.out());
    assertThat(told(ours)).isEqualTo(told(theirs));
  }

  /** Messages about other things than jobs have other words. */
  private static String told(Ran ran) {
    return ran.err()
        .replaceAll("gearman: gearman_client_run_tasks .* timeout reached.*\n", "<silence>")
        .replaceAll("gearman submit: x: Job .* has sent nothing for 300 ms\n", "<silence>");
  }

  /** Of the last word about priorities. */
  @ParameterizedTest
  @ValueSource(strings = {"-b", "-b -I", "-b -L", "-b -I -L", "-b -L -I", "-b -u id"})
  default void enqueuesTheSame(String options) {
    for (String function : List.of("theirs", "ours")) {
      WireClient client = server().connect();
      client.request(SUBMIT_JOB_LOW_BG, function, "", "low").receive(JOB_CREATED);
      client.request(SUBMIT_JOB_BG, function, "", "normal").receive(JOB_CREATED);
      client.request(SUBMIT_JOB_HIGH_BG, function, "", "high").receive(JOB_CREATED);
    }
    theirs("", (options + " -f theirs this").split(" "));
    ours("", (options + " -f ours this").split(" "));

    assertThat(order("ours")).isEqualTo(order("theirs"));
  }

  private List<String> order(String function) {
    WireClient worker = server().connect().request(CAN_DO, function);
    return Stream.generate(() -> worker.request(GRAB_JOB_UNIQ).receive(JOB_ASSIGN_UNIQ))
        .limit(4)
        .map(job -> (job.text(2).equals("id") ? "id " : "") + job.text(3))
        .toList();
  }

  // ---- ToolDifference, each with both sides

  @Test
  default void lastLineIsWhole() {
    assertThat(theirs("one\ntwo", "-N", "-f", "echo").out()).isEqualTo("onetw");
    assertThat(ours("one\ntwo", "-N", "-f", "echo").out()).isEqualTo("onetwo");
  }

  @Test
  default void linesOfAnyBytes() {
    String line = "x".repeat(10_000) + '\n';
    String piece = "echo: ";
    assertThat(theirs(line, "-n", "-P", "-f", "echo").out().split(piece, -1)).hasSize(3);
    assertThat(ours(line, "-n", "-P", "-f", "echo").out()).isEqualTo(piece + line);

    assertThat(theirs("a\0b\n", "-n", "-f", "echo").out()).isEqualTo("a");
    assertThat(ours("a\0b\n", "-n", "-f", "echo").out()).isEqualTo("a\0b\n");
  }

  @Test
  default void emptyWorkloadsAreJobs() {
    assertThat(theirs("a\n\nb\n", "-N", "-P", "-f", "echo").out()).isEqualTo("echo: aecho: b");
    assertThat(ours("a\n\nb\n", "-N", "-P", "-f", "echo").out()).isEqualTo("echo: aecho: echo: b");

    assertThat(theirs("", "-P", "-f", "echo", "").out()).isEmpty();
    assertThat(ours("", "-P", "-f", "echo", "").out()).isEqualTo("echo: ");
  }

  @Test
  default void progressWithoutTotal() {
    assertThat(theirs("", "-f", "no-total", "x").exitCode()).isEqualTo(136);
    assertThat(ours("", "-f", "no-total", "x")).isEqualTo(new Ran(0, "0% Complete\n", ""));
  }

  @Test
  default void outputInOrder() {
    assertThat(theirs("", "-v", "-f", "events", "x").out())
        .isEqualTo("onetwo\ndoneTask created: H\n33% Complete\n");
    assertThat(ours("", "-v", "-f", "events", "x").out())
        .isEqualTo("Task created: H\none33% Complete\ntwo\ndone");
  }

  @Test
  default void exceptionsAreShown() {
    assertThat(theirs("", "-t", "500", "-f", "throw", "x").err()).doesNotContain("boom");
    assertThat(ours("", "-f", "throw", "x")).isEqualTo(new Ran(1, "", "boom\nJob failed\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-t 0", "-t text", "-u " + TOO_LONG})
  default void badValuesAreRefused(String option) {
    String[] words = (option + " -f fails-to-be-run x").split(" ");
    assertThat(theirs("", words).exitCode()).isZero();
    assertThat(ours("", words).exitCode()).isEqualTo(1);
  }

  /** A UUID, which is another for each job. */
  @Test
  default void aJobHasAUniqueIdOfItsOwnUnlessOneIsGiven() {
    String uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    assertThat(theirs("", "-f", "unique", "x").out()).matches(uuid);
    assertThat(ours("", "-f", "unique", "x").out()).matches(uuid);
    assertThat(ours("", "-n", "-f", "unique", "x", "x").out()).hasSize(72).doesNotMatch("(.*)\\1");
  }

  /** What a client says that cannot connect; exit codes are the same. */
  @Test
  default void aServerThatIsNotThereIsAMessage() {
    Ran theirs = Ran.gearman(1, "", "-f", "echo", "x");
    Ran ours = Ran.submit(1, "", "-f", "echo", "x");

    assertThat(theirs.exitCode()).isZero();
    assertThat(theirs.err()).contains("COULD_NOT_CONNECT");
    assertThat(ours)
        .isEqualTo(
            new Ran(
                0,
                "",
                "gearman submit: echo: cannot connect to 127.0.0.1:1: Connection refused\n"));
  }
}
