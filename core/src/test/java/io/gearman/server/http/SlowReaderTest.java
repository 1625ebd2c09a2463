// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.WireClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that does not read what its job sends. */
class SlowReaderTest {

  private static final String CHUNK = "x".repeat(256 << 10);
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** What the sockets of both sides may hold of it, and the window. */
  private static final int MOST = 1_000;

  @Test
  void theWorkerWaitsForItAndGoesOnWithIt() {
    try (RunningHttp http = RunningHttp.start();
        TestWorker worker = http.worker("flood");
        WireClient client = WireClient.connect("127.0.0.1", http.http().port())) {
      client.sendBytes(
          "POST /jobs/flood HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
              .getBytes(UTF_8));
      worker.take();
      int sent = 0;
      while (sent < MOST && worker.mayBeSent(QUIET)) {
        worker.data(CHUNK);
        sent++;
      }
      assertThat(sent).isBetween(JobRun.WINDOW, MOST - 1);

      for (int read = 0; read < sent; read++) {
        client.receiveBytes(CHUNK.length());
      }
      assertThat(worker.mayBeSent(Duration.ofSeconds(10))).isTrue();
    }
  }
}
