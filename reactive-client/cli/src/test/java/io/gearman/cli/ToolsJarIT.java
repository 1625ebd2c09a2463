// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only processes of {@code submit} and {@code work} can show: signals, streams, files. */
class ToolsJarIT {

  private static final String EXEC = "exec \"$0\" \"$@\"";
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  @TempDir private Path folder;

  private String[] words(String command, String... words) {
    List<String> all = new ArrayList<>(List.of(command, "-h", "127.0.0.1"));
    all.addAll(List.of("-p", Integer.toString(server.address().port())));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
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

  @ParameterizedTest
  @CsvSource({"TERM,143", "INT,130"})
  void aSignalEndsSubmitAndItsJobAndRemovesItsPidFile(String signal, int exitCode)
      throws Exception {
    Path pidFile = folder.resolve("pid");
    try (GearmanJar submit =
        GearmanJar.start(words("submit", "-i", pidFile.toString(), "-f", "f", "x"))) {
      awaitStatus("f\t1\t0\t0");
      assertThat(pidFile).hasContent(submit.pid() + "\n");

      submit.signal(signal);

      assertThat(submit.exitCode()).isEqualTo(exitCode);
      assertThat(pidFile).doesNotExist();
      awaitStatus("f\t0\t0\t0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aSignalLetsTheJobOfAWorkerEndAndRemovesItsPidFile(String signal) throws Exception {
    Path pidFile = folder.resolve("pid");
    Path go = folder.resolve("go");
    assertThat(new ProcessBuilder("mkfifo", go.toString()).start().waitFor()).isZero();
    Path begun = folder.resolve("begun");
    String command = "touch " + begun + "; cat " + go;
    try (GearmanJar work =
        GearmanJar.start(
            words("work", "-v", "-i", "" + pidFile, "-f", "f", "--", "sh", "-c", command))) {
      WireClient client = server.connect().timeout(SOON);
      client.request(SUBMIT_JOB, "f", "", "x").receive(JOB_CREATED);
      while (!Files.exists(begun) && work.isAlive()) {
        Thread.onSpinWait();
      }
      assertThat(pidFile).hasContent(work.pid() + "\n");

      work.signal(signal);
      work.awaitError("Stopping: jobs have PT30S to end");
      Files.writeString(go, "done");

      assertThat(client.receive(WORK_COMPLETE).text(1)).isEqualTo("done");
      assertThat(work.exitCode()).isZero();
      assertThat(pidFile).doesNotExist();
    }
  }

  @Test
  void aReaderWhoHasHadEnoughEndsSubmit() throws Exception {
    Path code = folder.resolve("code");
    try (GearmanJar work = GearmanJar.start(words("work", "-f", "f", "-n", "yes"));
        GearmanJar submit =
            GearmanJar.startIn(
                "{ \"$0\" \"$@\"; echo $? >" + code + "; } | head -n 2",
                words("submit", "-f", "f", "x"))) {
      assertThat(new String(submit.out(), UTF_8)).isEqualTo("y\ny\n");
      assertThat(submit.exitCode()).isZero();
      assertThat(code).hasContent("141");
      assertThat(submit.err()).isEmpty();
      awaitStatus("f\t0\t0\t1");
      assertThat(work.isAlive()).isTrue();
    }
  }

  @Test
  void errorsOfCommandsPassThrough() throws Exception {
    try (GearmanJar work =
            GearmanJar.start(words("work", "-f", "f", "--", "sh", "-c", "echo oops >&2; exit 1"));
        GearmanJar submit = GearmanJar.start(words("submit", "-f", "f", "x"))) {
      assertThat(submit.exitCode()).isEqualTo(1);
      assertThat(submit.err()).isEqualTo("Job failed\n");
      assertThat(work.err()).contains("oops\n", "The command exited with 1 on Job[");
    }
  }

  @Test
  void allBytesPassThrough() throws Exception {
    Path bytes = folder.resolve("bytes");
    byte[] random = new byte[3_000_000];
    new Random(1).nextBytes(random);
    Files.write(bytes, random);
    try (GearmanJar work = GearmanJar.start(words("work", "-f", "f", "cat"));
        GearmanJar submit =
            GearmanJar.startIn("exec \"$0\" \"$@\" <" + bytes, words("submit", "-f", "f"))) {
      assertThat(submit.out()).isEqualTo(random);
      assertThat(submit.exitCode()).isZero();
      assertThat(work.isAlive()).isTrue();
    }
  }

  /** Of the largest packet by default; a heap of less than four times as much does. */
  @ParameterizedTest
  @ValueSource(strings = {"-P", "-n"})
  void aLargeWorkloadTakesABoundedHeap(String option) throws Exception {
    int size = (64 << 20) - 100;
    try (GearmanJar jobs =
        GearmanJar.startWithHeap("400m", EXEC, "server", "-p", "0", "-L", "127.0.0.1")) {
      String port = Integer.toString(jobs.port());
      try (GearmanJar work =
              GearmanJar.startWithHeap(
                  "200m", EXEC, "work", "-p", port, "-f", "f", "--", "wc", "-c");
          GearmanJar submit =
              GearmanJar.startWithHeap(
                  "200m",
                  "head -c " + size + " /dev/zero | " + EXEC.replace("exec ", ""),
                  "submit",
                  "-p",
                  port,
                  "-f",
                  "f",
                  option)) {
        assertThat(new String(submit.out(), UTF_8).strip()).endsWith(Integer.toString(size));
        assertThat(submit.exitCode()).isZero();
        assertThat(work.isAlive()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"-v,standard input", "-n,a line of standard input"})
  void inputWithoutEndIsRefused(String option, String what) throws Exception {
    try (GearmanJar submit =
        GearmanJar.startIn(
            EXEC + " </dev/zero", words("submit", "-f", "f", "--max-packet-size=8MiB", option))) {
      assertThat(submit.exitCode()).isEqualTo(1);
      assertThat(submit.err())
          .startsWith("gearman submit: " + what + " is longer than")
          .hasLineCount(1);
    }
  }

  @Test
  void aWorkerWaitsForItsServer() throws Exception {
    try (GearmanJar work = GearmanJar.start("work", "-p", "1", "-f", "f", "cat")) {
      work.awaitError("Server localhost:1 is down");
      work.signal("TERM");
      assertThat(work.exitCode()).isZero();
    }
  }
}
