// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clients that do not read what they are sent, or send more than is read. */
class SlowReaderTest {

  private static final String CHUNK = "x".repeat(256 << 10);
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** What the sockets of both sides may hold of it, and the window. */
  private static final int MOST = 1_000;

  private static final long TOO_MUCH = 64 << 20;

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

  /** One that sends request after request although the first is not answered is not read. */
  @Test
  void requestsThatWaitAreBounded() throws IOException {
    byte[] request =
        "POST /jobs/f HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
            .getBytes(UTF_8);
    ByteBuffer flood = ByteBuffer.allocate(request.length + 100_000).put(request).clear();
    try (RunningHttp http = RunningHttp.start();
        SocketChannel client =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), http.http().port()));
        Selector writable = Selector.open()) {
      client.configureBlocking(false);
      client.register(writable, SelectionKey.OP_WRITE);
      long sent = 0;
      while (sent < TOO_MUCH && writable.select(QUIET.toMillis()) > 0) {
        writable.selectedKeys().clear();
        if (!flood.hasRemaining()) {
          flood.clear();
        }
        sent += client.write(flood);
      }

      assertThat(sent).isLessThan(TOO_MUCH);
      assertThat(http.server().snapshot().block(SOON).functions().get(0).waiting()).isEqualTo(1);
    }
  }
}
