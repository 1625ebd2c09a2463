// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whom {@code gearman work} works for, and for how long. */
class WorkServersTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer one = RunningServer.embedded();
  @RegisterExtension final RunningServer two = RunningServer.embedded();
  @RegisterExtension final RunningServer secured = RunningServer.embeddedWithTls();

  @TempDir private Path folder;

  private static String name(RunningServer server) {
    return "127.0.0.1:" + server.address().port();
  }

  private static WireClient submit(RunningServer server, String function, String workload) {
    WireClient client = server.connect().timeout(SOON);
    client.request(SUBMIT_JOB, function, "", workload).receive(JOB_CREATED);
    return client;
  }

  @Test
  void itWorksForAllServersThatAreThere() throws Exception {
    String servers = "127.0.0.1:1," + name(one) + "," + name(two);
    try (Working worker = Working.startWith("--servers", servers, "-f", "f", "cat")) {
      assertThat(submit(one, "f", "a").receive(WORK_COMPLETE).text(1)).isEqualTo("a");
      assertThat(submit(two, "f", "b").receive(WORK_COMPLETE).text(1)).isEqualTo("b");
      assertThat(worker.isDone()).isFalse();
    }
  }

  /** The jobs of all servers count, and one that the worker does not want stays where it is. */
  @Test
  void jobsCountWhereverTheyComeFrom() throws Exception {
    for (RunningServer server : new RunningServer[] {one, two}) {
      WireClient client = server.connect().timeout(SOON);
      client.request(SUBMIT_JOB_BG, "f", "", "x").receive(JOB_CREATED);
      client.request(SUBMIT_JOB_BG, "f", "", "x").receive(JOB_CREATED);
    }
    String servers = name(one) + "," + name(two);
    try (Working worker = Working.startWith("--servers", servers, "-f", "f", "-c", "3")) {
      assertThat(worker.exitCode()).isZero();
      assertThat(worker.out()).isEqualTo("xxx");
    }
    WireClient admin = one.connect();
    WireClient other = two.connect();
    assertThat(
            admin.command("status").receiveUntil(".").get(0)
                + other.command("status").receiveUntil(".").get(0))
        .contains("f\t1\t0\t0")
        .contains("f\t0\t0\t0");
  }

  @Test
  void tlsIsSpokenIfItIsWanted() throws Exception {
    try (Working worker =
        Working.startWith(
            "-S",
            "--ssl-ca-file=" + TestTls.client().authorities(),
            "--ssl-certificate=" + TestTls.client().certificates(),
            "--ssl-key=" + TestTls.client().key(),
            "--servers=" + name(secured),
            "-f",
            "f",
            "cat")) {
      assertThat(submit(secured, "f", "a").receive(WORK_COMPLETE).text(1)).isEqualTo("a");
      assertThat(worker.isDone()).isFalse();
    }
  }

  @Test
  void aNamespaceIsSeenByTheServerAlone() throws Exception {
    String tell = "printf %s \"$GEARMAN_FUNCTION\"";
    try (Working worker =
        Working.start(one.address().port(), "--namespace=ns-", "-f", "f", "--", "sh", "-c", tell)) {
      assertThat(submit(one, "ns-f", "x").receive(WORK_COMPLETE).text(1)).isEqualTo("f");
      assertThat(worker.isDone()).isFalse();
    }
  }

  /** The worker goes on: its own end would end commands too. */
  @Test
  void aJobThatTakesTooLongFailsAndItsCommandEnds() throws Exception {
    Path pid = folder.resolve("pid");
    String hung = "echo $$ >" + pid + "; exec sleep 1000";
    String[] words = {"-f", "f", "--timeout=2s", "--", "sh", "-c", hung};
    try (Working worker = Working.start(one.address().port(), words)) {
      WireClient client = one.connect().timeout(SOON);
      client.request(OPTION_REQ, "exceptions").receive(OPTION_RES);
      client.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);

      assertThat(client.receive(WORK_EXCEPTION).text(1))
          .isEqualTo("The job has not ended in 2000 ms");
      assertThat(end(Files.readString(pid))).succeedsWithin(SOON);
      assertThat(worker.isDone()).isFalse();
    }
  }

  private static CompletableFuture<?> end(String pid) {
    return ProcessHandle.of(Long.parseLong(pid.strip()))
        .<CompletableFuture<?>>map(ProcessHandle::onExit)
        .orElse(CompletableFuture.completedFuture(null));
  }

  @Test
  void aJobThatTakesTooLongIsAFailureOfAStrictWorker() throws Exception {
    String[] words = {"-f", "f", "--timeout=100ms", "-c", "1", "--strict", "--", "sleep", "1000"};
    try (Working worker = Working.start(one.address().port(), words)) {
      submit(one, "f", "x").receive(WORK_FAIL);

      assertThat(worker.exitCode()).isEqualTo(2);
    }
  }

  /** Although the worker had begun to wait for it as long as it takes. */
  @Test
  void aStopDoesNotWaitLongForTheLastWantedJob() throws Exception {
    Path begun = folder.resolve("begun");
    String hung = "touch " + begun + "; exec sleep 1000";
    String[] words = {
      "-f", "f", "-c", "1", "--stop-timeout=1ms", "--strict", "--", "sh", "-c", hung
    };
    try (Working worker = Working.start(one.address().port(), words)) {
      submit(one, "f", "x");
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!Files.exists(begun) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      worker.stop();

      assertThat(worker.exitCode()).isEqualTo(7);
    }
  }
}
