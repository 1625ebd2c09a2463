// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.EnabledIfPrometheusParser;
import io.gearman.testkit.PrometheusText;
import io.gearman.testkit.WireClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The HTTP listener of the jar: all that it needs is in there. */
class HttpJarIT {

  @Test
  void takesJobsOverHttp() throws Exception {
    try (GearmanJar server = GearmanJar.server("-r", "http", "--http-port", "0")) {
      int port = server.port();
      URI http = URI.create("http://127.0.0.1:" + server.port("HTTP"));
      HttpClient client = HttpClient.newHttpClient();
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              HttpRequest.newBuilder(http.resolve("/jobs/reverse"))
                  .POST(HttpRequest.BodyPublishers.ofString("abc"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      try (WireClient worker = WireClient.connect("127.0.0.1", port)) {
        worker.request(PacketType.OPTION_REQ, "flow");
        worker.receive(PacketType.OPTION_RES);
        worker.request(PacketType.CAN_DO, "reverse").request(PacketType.GRAB_JOB_ALL);
        Packet job = worker.receive(PacketType.JOB_ASSIGN_UNIQ);
        server.signal("USR1"); // the answer is taken although the server ends with the job
        worker.send(
            Packet.request(PacketType.WORK_COMPLETE, job.argument(0), "cba".getBytes(UTF_8)));

        assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("cba");
        assertThat(server.exitCode()).isZero();
        assertThat(server.err()).isEmpty();
      }
    }
  }

  @Test
  void showsItselfOverHttpAndTakesNoJobsThereUnlessItIsTold() throws Exception {
    try (GearmanJar server = GearmanJar.server("--http-port", "0")) {
      server.port();
      URI http = URI.create("http://127.0.0.1:" + server.port("HTTP"));
      HttpClient client = HttpClient.newHttpClient();
      for (String path : List.of("/", "/page.js", "/health")) {
        assertThat(status(client, HttpRequest.newBuilder(http.resolve(path)).GET())).isEqualTo(200);
      }
      HttpRequest.Builder job = HttpRequest.newBuilder(http.resolve("/jobs/f"));
      assertThat(status(client, job.POST(HttpRequest.BodyPublishers.noBody()))).isEqualTo(403);
    }
  }

  @Test
  @EnabledIfPrometheusParser
  void showsTheServerAndItsProcessToPrometheus() throws Exception {
    try (GearmanJar server = GearmanJar.server("--http-port", "0")) {
      server.port();
      URI http = URI.create("http://127.0.0.1:" + server.port("HTTP"));
      String text =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(http.resolve("/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(PrometheusText.parse(text).samples())
          .extracting(PrometheusText.Sample::name)
          .contains("gearman_connections", "jvm_memory_used_bytes", "process_files_open_files");
    }
  }

  private static int status(HttpClient client, HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void saysThatTheHttpPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GearmanJar jar = GearmanJar.server("--http-port", "" + taken.getLocalPort())) {
      assertThat(jar.exitCode()).isEqualTo(1);
      assertThat(jar.err())
          .isEqualTo(
              "gearman server: cannot listen on 127.0.0.1:%d: Address already in use\n"
                  .formatted(taken.getLocalPort()));
    }
  }
}
