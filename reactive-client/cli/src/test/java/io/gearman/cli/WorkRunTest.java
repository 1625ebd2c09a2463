// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.GearmanClient;
import io.gearman.protocol.Packet;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The worker of {@code gearman work}, on our server, with real commands. */
class WorkRunTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration WHILE = Duration.ofMillis(200);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @TempDir private Path folder;
  private GearmanClient client;

  @BeforeEach
  void connect() {
    client = GearmanClient.builder(server.address()).window(1).build();
  }

  @AfterEach
  void dispose() {
    client.dispose();
  }

  private Working work(String... words) {
    return Working.start(server.address().port(), words);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private Flux<String> stream(String function, String workload) {
    return client.stream(function, bytes(workload)).map(WorkRunTest::text);
  }

  /** A line of a file that a command writes, which is a fifo where it need not be there yet. */
  private Path fifo(String name) throws Exception {
    Path fifo = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return fifo;
  }

  private static void awaitEnd(long pid) throws Exception {
    var process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      process.get().onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void linesComeWhileTheCommandRuns() throws Exception {
    Path gate = fifo("gate");
    try (Working worker = work("-f", "f", "-n", "--", "sh", "-c", "echo 1; cat " + gate)) {
      StepVerifier.create(stream("f", "x"))
          .expectNext("1\n")
          .then(() -> write(gate, "2\n"))
          .expectNext("2\n")
          .expectComplete()
          .verify(SOON);
      assertThat(worker.isDone()).isFalse();
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A pipe takes 64 KiB, a part has as many, and connections take some. */
  @Test
  void aCommandWaitsForWhoeverReadsItsOutput() throws Exception {
    Path log = folder.resolve("log");
    String endless = "for i in 1 2 3 4 5 6 7 8 9; do head -c 1000000 /dev/zero; echo $i >>" + log;
    try (Working worker = work("-f", "f", "--", "sh", "-c", endless + "; done")) {
      StepVerifier.create(stream("f", "x"), 1)
          .expectNextCount(1)
          .thenAwait(WHILE)
          .then(() -> assertThat(log).doesNotExist())
          .thenRequest(Long.MAX_VALUE)
          .thenConsumeWhile(part -> true)
          .expectComplete()
          .verify(SOON);
      assertThat(log).content().hasLineCount(9);
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void aCancelledJobEndsItsCommandAndWhatThatStarted() throws Exception {
    String tree = "sleep 1000 & echo $! $$; wait";
    try (Working worker = work("-f", "f", "-n", "--", "sh", "-c", tree)) {
      String pids = stream("f", "x").next().block(SOON); // and cancels
      for (String pid : List.of(pids.strip().split(" "))) {
        awaitEnd(Long.parseLong(pid));
      }
      assertThat(worker.isDone()).isFalse();
    }
  }

  /** After some seconds, as it does not heed the first signal. */
  @Test
  void aCommandThatDoesNotHeedItsEndIsKilled() throws Exception {
    String deaf = "trap '' TERM; echo $$; while :; do sleep 1; done";
    try (Working worker = work("-f", "f", "-n", "--", "sh", "-c", deaf)) {
      String pid = stream("f", "x").next().block(SOON);
      awaitEnd(Long.parseLong(pid.strip()));
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void aHungCommandEndsWithItsWorker() throws Exception {
    Path pid = folder.resolve("pid");
    String hung = "echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; sleep 1000";
    try (Working worker =
        work("-f", "g", "--stop-timeout=1ms", "--strict", "--", "sh", "-c", hung)) {
      server.connect().request(SUBMIT_JOB_BG, "g", "", "x").receive(JOB_CREATED);
      awaitFile(pid);
      worker.stop();

      assertThat(worker.exitCode()).isEqualTo(7);
    }
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))).isEmpty();
  }

  @Test
  void aStopLetsRunningJobsEndAndNoOtherBegin() throws Exception {
    Path gate = fifo("gate");
    Path begun = folder.resolve("begun");
    try (Working worker = work("-f", "f", "--", "sh", "-c", "touch " + begun + "; cat " + gate)) {
      WireClient first = server.connect().timeout(SOON);
      first.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);
      awaitFile(begun);
      worker.stop();
      WireClient second = server.connect().timeout(SOON);
      second.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);
      second.expectNothing(WHILE);

      write(gate, "done");

      assertThat(first.receive(WORK_COMPLETE).text(1)).isEqualTo("done");
      assertThat(worker.exitCode()).isZero();
      assertThat(grab("f")).isEqualTo("x");
    }
  }

  @Test
  void aStopBeforeItHasBegunIsHeard() throws Exception {
    try (Working worker = Working.startStopped(server.address().port(), "-f", "f", "cat")) {
      assertThat(worker.exitCode()).isZero();
    }
  }

  @Test
  void aSecondStopGivesRunningJobsBack() throws Exception {
    Path begun = folder.resolve("begun");
    String hung = "touch " + begun + "; sleep 1000";
    try (Working worker = work("-f", "f", "--strict", "--", "sh", "-c", hung)) {
      server.connect().request(SUBMIT_JOB_BG, "f", "", "x").receive(JOB_CREATED);
      awaitFile(begun);
      worker.stop();
      worker.stop();

      assertThat(worker.exitCode()).isEqualTo(7);
      assertThat(grab("f")).isEqualTo("x");
    }
  }

  /** Until the command of a job has made this file; the server knows of the job earlier. */
  private static void awaitFile(Path file) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!Files.exists(file) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(file).exists();
  }

  private void awaitStatus(String line) {
    WireClient admin = server.connect();
    long deadline = System.nanoTime() + SOON.toNanos();
    List<String> status;
    do {
      status = admin.command("status").receiveUntil(".");
    } while (!status.contains(line) && System.nanoTime() < deadline);
    assertThat(status).contains(line);
  }

  /** What waits for a worker, once it is there. */
  private String grab(String function) {
    WireClient worker = server.connect().timeout(SOON).request(CAN_DO, function);
    Packet answer = worker.request(GRAB_JOB).receive();
    while (answer.type() == NO_JOB) {
      worker.request(PRE_SLEEP).receive(NOOP);
      answer = worker.request(GRAB_JOB).receive();
    }
    return answer.text(2);
  }

  @Test
  void jobsRunSideBySideIfWanted() throws Exception {
    Path gate = fifo("gate");
    try (Working worker =
        work("-f", "f", "--concurrency=2", "--", "sh", "-c", "cat; read l <" + gate)) {
      WireClient one = server.connect().timeout(SOON);
      one.request(SUBMIT_JOB, "f", "", "a").receive(JOB_CREATED);
      one.request(SUBMIT_JOB, "f", "", "b").receive(JOB_CREATED);
      awaitStatus("f\t2\t2\t1");
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void theCommandKnowsItsJob() throws Exception {
    String tell = "printf '%s %s' \"$GEARMAN_FUNCTION\" \"$GEARMAN_UNIQUE\"";
    try (Working worker = work("-f", "f", "-f", "g", "--", "sh", "-c", tell)) {
      WireClient submitter = server.connect().timeout(SOON);
      submitter.request(SUBMIT_JOB, "g", "some-id", "x").receive(JOB_CREATED);
      assertThat(submitter.receive(WORK_COMPLETE).text(1)).isEqualTo("g some-id");
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void aWorkloadThatTheCommandDoesNotReadIsNoFailure() throws Exception {
    try (Working worker = work("-f", "f", "true")) {
      assertThat(client.call("f", new byte[5 << 20]).block(SOON)).isEmpty();
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void strictlyAFailedJobIsTold() throws Exception {
    try (Working worker = work("-f", "f", "-c", "2", "--strict", "--", "sh", "-c", "exit 3")) {
      WireClient submitter = server.connect().timeout(SOON);
      submitter.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);
      submitter.receive(WORK_FAIL);
      submitter.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);
      submitter.receive(WORK_FAIL);
      assertThat(worker.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void itBeginsNoMoreJobsThanWanted() throws Exception {
    WireClient submitter = server.connect().timeout(SOON);
    for (String workload : List.of("1", "2", "3", "4")) {
      submitter.request(SUBMIT_JOB_BG, "f", "", workload).receive(JOB_CREATED);
    }
    try (Working worker = work("-f", "f", "-c", "3", "--concurrency=2")) {
      assertThat(worker.exitCode()).isZero();
      assertThat(worker.out()).containsOnlyOnce("1").containsOnlyOnce("2").hasSize(3);
    }
    assertThat(grab("f")).isIn("3", "4");
  }

  /** The server gives it to the next one. */
  @Test
  void aWorkloadThatCannotBeWrittenIsNotLost() throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (Working worker = Working.startInto(closed, server.address().port(), "-f", "f")) {
      server.connect().request(SUBMIT_JOB_BG, "f", "", "x").receive(JOB_CREATED);
      assertThat(worker.exitCode()).isEqualTo(141);
    }
    assertThat(grab("f")).isEqualTo("x");
  }
}
