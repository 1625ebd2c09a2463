// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.EnabledIfCurl;
import io.gearman.testkit.LogRecorder;
import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** The listener by TLS, as curl sees it. */
@EnabledIfCurl
class HttpsTest {

  private static RunningHttp listen(TlsSettings tls) {
    return RunningHttp.start(server -> server, listener -> listener.tls(tls));
  }

  /** What curl prints of the health, and its exit code. */
  private static List<String> curl(RunningHttp http, String scheme, Object... options) {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--noproxy", "*", "-w", " exit %{exitcode}\n"));
    for (Object option : options) {
      command.add(option.toString());
    }
    command.add(scheme + "://127.0.0.1:" + http.http().port() + "/health/live");
    try (PeerProcess curl = PeerProcess.start(Map.of(), command)) {
      return curl.awaitEnd();
    }
  }

  @Test
  void whoKnowsTheAuthorityIsServed() {
    try (LogRecorder log = new LogRecorder("io.gearman.server.JobServer.exposed");
        RunningHttp http =
            RunningHttp.start(
                server -> server, listener -> listener.host("0.0.0.0").tls(TestTls.server()))) {
      assertThat(curl(http, "https", "--cacert", TestTls.authority().certificate()))
          .singleElement()
          .asString()
          .startsWith("{\"healthy\":true")
          .endsWith(" exit 0");
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void plainHttpIsNot() {
    try (RunningHttp http = listen(TestTls.server())) {
      assertThat(curl(http, "http")).last().asString().doesNotContain("healthy");
    }
  }

  @Test
  void certificatesOfClientsMayBeRequired() {
    Path authority = TestTls.authority().certificate();
    TlsSettings client = TestTls.client();
    try (RunningHttp http =
        listen(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED))) {
      assertThat(curl(http, "https", "--cacert", authority))
          .last()
          .asString()
          .doesNotContain("healthy");
      assertThat(
              curl(
                  http,
                  "https",
                  "--cacert",
                  authority,
                  "--cert",
                  client.certificates(),
                  "--key",
                  client.key()))
          .last()
          .asString()
          .contains("healthy");
    }
  }

  @Test
  void badFileStopsTheStart() {
    Path missing = TestTls.authority().file("missing.pem");
    try (RunningHttp http = RunningHttp.start()) {
      StepVerifier.create(
              HttpListener.create(http.server())
                  .port(0)
                  .tls(TestTls.server().withIdentity(missing, missing))
                  .bind())
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining(missing.toString()))
          .verify(SOON);
    }
  }
}
