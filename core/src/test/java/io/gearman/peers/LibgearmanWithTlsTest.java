// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where libgearman is built with TLS, which that of Debian is not. */
@EnabledIf(
    value = "linksTls",
    disabledReason = "The gearman that is installed is built without TLS, as that of Debian is")
class LibgearmanWithTlsTest {

  @RegisterExtension
  final RunningServer server =
      RunningServer.embedded(
          JobServer.create()
              .tls(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED)));

  static boolean linksTls() {
    String links = "ldd \"$(command -v gearman)\" | grep -Eq 'libssl|libwolfssl'";
    return PeerProcess.succeeds(Map.of(), List.of("sh", "-c", links));
  }

  private PeerProcess gearman(String... words) {
    Identity identity = TestTls.authority().issue("CN=libgearman");
    Map<String, String> files =
        Map.of(
            "GEARMAND_CA_CERTIFICATE", TestTls.authority().certificate().toString(),
            "GEARMAN_CLIENT_PEM", identity.certificate().toString(),
            "GEARMAN_CLIENT_KEY", identity.key().toString());
    Stream<String> start =
        Stream.of(
            "gearman",
            "-S",
            "-h",
            server.address().host(),
            "-p",
            "" + server.address().port(),
            "-f",
            "reverse");
    return PeerProcess.start(files, Stream.concat(start, Stream.of(words)).toList());
  }

  @Test
  void itsWorkerRunsTheJobOfItsClient() {
    try (PeerProcess worker = gearman("-w", "-c", "1", "--", "rev");
        PeerProcess client = gearman("hello")) {
      assertThat(client.awaitEnd()).as("%s", worker).containsExactly("olleh");
    }
  }
}
