// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The files of the page and how they are served. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaticPageTest {

  private static final Path FILES = Path.of("src/main/resources/static");
  private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";

  private final RunningApp app = RunningApp.start();

  @AfterAll
  void stop() {
    app.close();
  }

  @Test
  void rootIsThePage() {
    assertThat(app.get("/").type()).startsWith("text/html");
    assertThat(app.get("/").body()).isEqualTo(app.get("/index.html").body()).contains("<title>");
  }

  @Test
  void modulesHaveTheirType() {
    assertThat(app.get("/main.js").type()).startsWith("text/javascript");
    assertThat(app.get("/style.css").type()).startsWith("text/css");
  }

  /** An answer that says "not modified" would go by the date of the build, which never changes. */
  @Test
  void filesAreAskedForAnew() {
    List<String> headers = headers("/main.js", "Cache-Control", "Last-Modified");

    assertThat(headers).containsExactly("no-cache", "");
  }

  @Test
  void browserIsToldToTakeNothingFromElsewhere() {
    assertThat(headers("/", "Content-Security-Policy", "X-Content-Type-Options"))
        .containsExactly(
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "nosniff");
  }

  @Test
  void filesNameNoOtherPlace() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      assertThat(files.toList())
          .hasSizeGreaterThan(5)
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file).replace(SVG_NAMESPACE, ""))
                      .doesNotContain("://", "@import", " onclick"));
    }
  }

  private List<String> headers(String path, String... names) {
    return app.http()
        .get()
        .uri(path)
        .responseSingle(
            (response, body) ->
                body.asString() // a body that is left unread would hold up the connection's next
                    // use
                    .defaultIfEmpty("")
                    .map(
                        read ->
                            Stream.of(names)
                                .map(name -> response.responseHeaders().get(name, ""))
                                .toList()))
        .block(RunningApp.PATIENCE);
  }
}
