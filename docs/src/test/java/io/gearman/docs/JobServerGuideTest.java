// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.JobRequest;
import io.gearman.testkit.TestAuthority;
import io.gearman.transport.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide to the job server shows what works. */
class JobServerGuideTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  @Test
  void itsProgramIsTheOneThatIsCompiledHere() {
    Programs.expectCompiled("EmbeddedServer", Programs.firstOf("docs/job-server.md"));
  }

  @Test
  void whatItShowsOfTlsIsCompiledHere() {
    List<String> snippets = Programs.snippetsOf("docs/job-server.md");
    Programs.expectCompiled("Tls", snippets.get(1));
    Programs.expectCompiled("Tls", snippets.get(2));
  }

  @Test
  void whatItShowsOfTlsWorks(@TempDir Path files) throws IOException {
    TestAuthority authority = TestAuthority.create("guide");
    Files.copy(authority.certificate(), files.resolve("ca.pem"));
    copy(authority.issue("CN=server", "localhost"), files, "server");
    copy(authority.issue("CN=client"), files, "client");
    var server = Tls.server(files);
    var client = Tls.client(files, new ServerAddress("localhost", server.port()));
    try {
      assertThat(client.enqueue(JobRequest.of("resize", new byte[0])).block(BOUND)).isNotNull();
    } finally {
      client.dispose();
      server.disposeNow(BOUND);
    }
  }

  private static void copy(TestAuthority.Identity identity, Path folder, String name)
      throws IOException {
    Files.copy(identity.certificate(), folder.resolve(name + ".pem"));
    Files.copy(identity.key(), folder.resolve(name + ".key"));
  }

  @Test
  void itsProgramPrintsWhatItsCommentSays() {
    assertThat(Programs.printedBy(() -> EmbeddedServer.main(new String[0])))
        .contains("FunctionStatus[function=resize, total=0, running=0, workers=0]");
  }
}
