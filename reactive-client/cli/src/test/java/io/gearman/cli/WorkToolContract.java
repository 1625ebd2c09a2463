// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same jobs, done by Debian's gearman and by us, packet by packet. */
interface WorkToolContract {

  Duration LONG = Duration.ofSeconds(15);

  /** The server under test. */
  RunningServer server();

  /** What a client got of the jobs, and what the worker wrote. */
  record Worked(List<String> packets, String out) {}

  private int port() {
    return server().address().port();
  }

  private Worked theirs(List<String> words, String... workloads) throws Exception {
    Process worker = worker(words);
    try {
      List<String> packets = submit(workloads);
      worker.descendants().forEach(ProcessHandle::destroyForcibly); // a command not found lives on
      worker.toHandle().destroy(); // which leaves its output open
      return new Worked(packets, new String(worker.getInputStream().readAllBytes(), ISO_8859_1));
    } finally {
      worker.destroyForcibly();
    }
  }

  private Process worker(List<String> words) {
    List<String> all = new ArrayList<>(List.of("-w"));
    all.addAll(words);
    return Ran.start(port(), all.toArray(String[]::new));
  }

  private Worked ours(List<String> words, String... workloads) throws Exception {
    try (Working worker = Working.start(port(), words.toArray(String[]::new))) {
      return new Worked(submit(workloads), worker.out());
    }
  }

  /** One job after the other, of function f; data is cut where it is cut in packets. */
  private List<String> submit(String... workloads) {
    WireClient client = server().connect().timeout(LONG);
    List<String> packets = new ArrayList<>();
    for (String workload : workloads) {
      client.send(
          Packet.request(SUBMIT_JOB, bytes("f"), bytes("id"), workload.getBytes(ISO_8859_1)));
      client.receive(JOB_CREATED);
      PacketType last;
      do {
        Packet packet = client.receive();
        last = packet.type();
        String bytes = last == WORK_FAIL ? "" : text(packet.argument(1));
        packets.add(last + " " + bytes);
      } while (last == WORK_DATA);
    }
    return packets;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  static Stream<Arguments> jobs() {
    String all =
        IntStream.range(0, 256).mapToObj(Character::toString).collect(Collectors.joining());
    return Stream.of(
        Arguments.of("-f f cat", all),
        Arguments.of("-f f -- tr a-z A-Z", "hello"),
        Arguments.of("-f f -- sh -c cat;exit&3", "hello"),
        Arguments.of("-n -f f -- sh -c cat;exit&3", "one line"),
        Arguments.of("-f f false", "hello"),
        Arguments.of("-f f true", "hello"),
        Arguments.of("-n -f f cat", "one line\n"),
        Arguments.of("-N -f f cat", "one line\n"),
        Arguments.of("-n -f f cat", "no end"),
        Arguments.of("-f f -f g cat", "hello"),
        Arguments.of("-f f -f f cat", "hello"),
        Arguments.of("-f f", "hello"),
        Arguments.of("-f f", all),
        Arguments.of("-n -f f", "one\ntwo\n"),
        Arguments.of("-N -f f", "one\ntwo\n"),
        Arguments.of("-v -f f -t 5000 cat", "hello"));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  default void doesTheSame(String options, String workload) throws Exception {
    List<String> words = words(options);
    Worked theirs = theirs(words, workload, workload);

    assertThat(ours(words, workload, workload)).isEqualTo(theirs);
    assertThat(theirs.packets()).hasSizeGreaterThanOrEqualTo(2);
  }

  /** Words do not contain blanks; & stands for one that is part of a word. */
  private static List<String> words(String options) {
    return Stream.of(options.split(" ")).map(word -> word.replace('&', ' ')).toList();
  }

  @Test
  default void endsAfterAsManyJobs() throws Exception {
    Process theirs = worker(words("-f f -c 2 cat"));
    assertThat(submit("one", "two")).containsExactly("WORK_COMPLETE one", "WORK_COMPLETE two");
    assertThat(theirs.waitFor(20, TimeUnit.SECONDS)).isTrue();

    try (Working ours = Working.start(port(), "-f", "f", "-c", "2", "cat")) {
      assertThat(submit("one", "two")).containsExactly("WORK_COMPLETE one", "WORK_COMPLETE two");
      assertThat(ours.exitCode()).isEqualTo(theirs.exitValue());
    }
  }

  // ---- ToolDifference, each with both sides

  @Test
  default void linesAreSentOnce() throws Exception {
    List<String> words = words("-n -f f cat");
    assertThat(theirs(words, "a\nb\n").packets())
        .containsExactly("WORK_DATA a\n", "WORK_DATA a\nb\n", "WORK_COMPLETE ");
    assertThat(ours(words, "a\nb\n").packets())
        .containsExactly("WORK_DATA a\n", "WORK_DATA b\n", "WORK_COMPLETE ");
  }

  @Test
  default void commandsReadAndWriteAtOnce() throws Exception {
    String large = "x".repeat(1 << 20);
    Process theirs = worker(words("-f f cat"));
    WireClient client = server().connect().timeout(LONG);
    client.request(SUBMIT_JOB, "f", "", large).receive(JOB_CREATED);
    client.expectNothing(Duration.ofSeconds(1));
    client.close();
    theirs.destroyForcibly().waitFor();

    List<String> packets = ours(words("-f f cat"), large).packets();
    assertThat(String.join("", packets).replaceAll("WORK_\\w+ ", "")).isEqualTo(large);
  }

  @Test
  default void largeOutputInParts() throws Exception {
    List<String> words = words("-f f -- head -c 100000 /dev/zero");
    assertThat(theirs(words, "x").packets()).hasSize(1);
    assertThat(ours(words, "x").packets())
        .containsExactly(
            "WORK_DATA " + "\0".repeat(1 << 16),
            "WORK_COMPLETE " + "\0".repeat(100_000 - (1 << 16)));
  }

  @Test
  default void deathBySignalIsFailure() throws Exception {
    List<String> words = words("-f f -- sh -c echo&dying;kill&-9&$$");
    assertThat(theirs(words, "x").packets()).containsExactly("WORK_COMPLETE dying\n");
    assertThat(ours(words, "x").packets()).containsExactly("WORK_DATA dying\n", "WORK_FAIL ");
  }

  @Test
  default void missingCommandIsRefused() throws Exception {
    assertThat(theirs(words("-f f no-such-command"), "x").packets())
        .containsExactly("WORK_COMPLETE ");
    assertThatThrownBy(() -> ours(words("-f f no-such-command"), "x"))
        .hasMessage("the command 'no-such-command' is not there, or cannot be executed");
  }

  @Test
  default void jobsCountOnce() throws Exception {
    List<String> words = words("-f f -c 2 false");
    Process theirs = worker(words);
    assertThat(submit("one")).containsExactly("WORK_FAIL ");
    assertThat(theirs.waitFor(20, TimeUnit.SECONDS)).isTrue();

    try (Working ours = Working.start(port(), words.toArray(String[]::new))) {
      assertThat(submit("one", "two")).containsExactly("WORK_FAIL ", "WORK_FAIL ");
      assertThat(ours.exitCode()).isZero();
    }
  }
}
