// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.http.TestWorker.Assigned;
import io.gearman.testkit.EnabledIfCurl;
import io.gearman.testkit.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP that somebody else's program speaks. */
@EnabledIfCurl
class CurlTest {

  private final RunningHttp http =
      RunningHttp.start(server -> server.maxPacketSize(4 << 20), http -> http.jobs(true));

  @AfterEach
  void end() {
    http.close();
  }

  /** Lines of the answer as they come. */
  private PeerProcess curl(String path, String... options) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-N", "--noproxy", "*"));
    command.addAll(List.of(options));
    command.add(http.uri(path));
    return PeerProcess.start(Map.of(), command);
  }

  @Test
  void dataOfARunningJobComesAsTheWorkerSendsIt() {
    try (TestWorker worker = http.worker("count");
        PeerProcess curl = curl("/jobs/count", "-d", "3")) {
      Assigned job = worker.take();
      assertThat(job.text()).isEqualTo("3");
      worker.data("one\n");
      assertThat(curl.awaitLine()).isEqualTo("one");
      worker.data("two\n");
      assertThat(curl.awaitLine()).isEqualTo("two");
      worker.complete("three\n");
      assertThat(curl.awaitEnd()).containsExactly("one", "two", "three");
    }
  }

  @Test
  void killingItCancelsTheJobInTheWorker() {
    try (TestWorker worker = http.worker("count");
        PeerProcess curl = curl("/jobs/count", "-d", "3")) {
      worker.take();
      worker.data("one\n");
      curl.awaitLine();
      curl.kill();

      worker.awaitCancel();
    }
  }

  @Test
  void killingItBeforeAnythingIsAnsweredCancelsToo() {
    try (TestWorker worker = http.worker("count");
        PeerProcess curl = curl("/jobs/count", "-d", "3")) {
      worker.take();
      curl.kill();

      worker.awaitCancel();
    }
  }

  @Test
  void eventsOfAJob() {
    try (TestWorker worker = http.worker("count");
        PeerProcess curl = curl("/jobs/count", "-d", "3", "-H", "Accept: text/event-stream")) {
      Assigned job = worker.take();
      expectEvent(curl, "created", "{\"handle\":\"" + job.handle() + "\"}");
      worker.progress(1, 3);
      expectEvent(curl, "status", "{\"done\":1,\"total\":3}");
      worker.warning("take care");
      expectEvent(curl, "warning", "{\"text\":\"take care\"}");
      worker.data("line\r\nline");
      expectEvent(curl, "data", "{\"text\":\"line\\r\\nline\"}");
      worker.data("\u00ff");
      expectEvent(curl, "data", "{\"base64\":\"/w==\"}");
      worker.complete("");
      expectEvent(curl, "completed", "{\"text\":\"\"}");
      curl.awaitEnd();
    }
  }

  private static void expectEvent(PeerProcess curl, String name, String data) {
    assertThat(List.of(curl.awaitLine(), curl.awaitLine(), curl.awaitLine()))
        .containsExactly("event: " + name, "data: " + data, "");
  }

  @Test
  void failureAmongEventsIsTheLastOfThem() {
    try (TestWorker worker = http.worker("count");
        PeerProcess curl =
            curl("/jobs/count", "-d", "3", "-H", "Accept: text/event-stream;q=0.9, */*;q=0.1")) {
      worker.take();
      worker.data("one");
      worker.fail();

      assertThat(curl.awaitEnd()).contains("event: data", "event: failed").last().isEqualTo("");
    }
  }

  /** gearmand reads no chunks and answers no Expect. */
  @Test
  void largeBodyIsSentOnceItIsAskedFor(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("body"), new byte[3 << 20]);
    try (TestWorker worker = http.worker("size");
        PeerProcess curl =
            curl("/jobs/size", "--data-binary", "@" + file, "-H", "Expect: 100-continue", "-i")) {
      assertThat(worker.take().workload()).hasSize(3 << 20);
      worker.complete("ok");

      assertThat(curl.awaitEnd()).startsWith("HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK");
    }
  }

  @Test
  void chunkedBody(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("body"), new byte[3 << 20]);
    try (TestWorker worker = http.worker("size");
        PeerProcess curl =
            curl(
                "/jobs/size",
                "-T",
                file.toString(),
                "-X",
                "POST",
                "-H",
                "Transfer-Encoding: chunked")) {
      assertThat(worker.take().workload()).hasSize(3 << 20);
      worker.complete("ok");

      assertThat(curl.awaitEnd()).containsExactly("ok");
    }
  }

  @Test
  void bodyThatIsTooLargeIsRefusedBeforeItIsSent(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("body"), new byte[5 << 20]);
    try (PeerProcess curl =
        curl(
            "/jobs/size",
            "--data-binary",
            "@" + file,
            "-o",
            "/dev/null",
            "-H",
            "Expect: 100-continue",
            "-w",
            "%{http_code} after %{size_upload} bytes\n")) {
      assertThat(curl.awaitEnd()).containsExactly("413 after 0 bytes");
    }
  }

  @Test
  void bodyThatIsTooLargeIsRefusedAlthoughItIsBeingSent(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("body"), new byte[32 << 20]);
    for (String encoding : List.of("Expect:", "Transfer-Encoding: chunked")) {
      try (PeerProcess curl =
          curl(
              "/jobs/size",
              "-T",
              file.toString(),
              "-X",
              "POST",
              "-H",
              encoding,
              "-H",
              "Expect:",
              "-o",
              "/dev/null",
              "-w",
              "%{http_code}\n")) {
        assertThat(curl.awaitEnd()).containsExactly("413");
      }
    }
  }

  @Test
  void oneConnectionServesManyRequests() {
    try (TestWorker worker = http.worker("f");
        PeerProcess curl =
            curl("/jobs/f", "-d", "a", http.uri("/jobs/f"), "-w", " over %{num_connects}\n")) {
      worker.take();
      worker.complete("one");
      worker.take();
      worker.complete("two");

      assertThat(curl.awaitEnd()).containsExactly("one over 1", "two over 0");
    }
  }

  @Test
  void itCanTellThatAJobFailedInMidStream() {
    try (TestWorker worker = http.worker("f");
        PeerProcess curl = curl("/jobs/f", "-d", "", "-w", "exit %{exitcode}\n")) {
      worker.take();
      worker.data("one\n");
      worker.fail();

      assertThat(curl.awaitEnd()).containsExactly("one", "exit 18"); // a partial transfer
    }
  }

  @Test
  void failureIsOneForItsOptionFail() {
    try (TestWorker worker = http.worker("f");
        PeerProcess curl = curl("/jobs/f", "-d", "", "--fail", "-w", "exit %{exitcode}\n")) {
      worker.take();
      worker.fail();

      assertThat(curl.awaitEnd()).containsExactly("exit 22");
    }
  }
}
