// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** What the HTTP listener is told, which it is given only when there is a server. */
class ServerHttpOptionsTest {

  private final Cli cli = new Cli();

  private static final JobServer.Bound SERVER =
      (JobServer.Bound)
          Proxy.newProxyInstance(
              JobServer.Bound.class.getClassLoader(),
              new Class<?>[] {JobServer.Bound.class},
              (proxy, method, arguments) -> Mono.never());

  private ServerSetup started(List<String> words) {
    assertThat(cli.run(Stream.concat(Stream.of("server"), words.stream()).toArray(String[]::new)))
        .as("exit code; %s", cli.err())
        .isZero();
    return cli.started.get(0);
  }

  @Test
  void thereIsNoneUnlessItIsAskedFor() {
    assertThat(started(List.of()).http()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "--http-port 8081, 8081, 127.0.0.1, false",
    "--http-port=0 --http-listen 127.0.0.2, 0, 127.0.0.2, false",
    "-r http, 8080, 127.0.0.1, true",
    "-rhttp, 8080, 127.0.0.1, true",
    "--protocol=http --http-port 8082 --http-listen 0.0.0.0, 8082, 0.0.0.0, true"
  })
  void optionsReachTheListener(String words, int port, String host, boolean jobs) {
    HttpListener listener = started(List.of(words.split(" "))).http().apply(SERVER);

    assertThat(Settings.of(listener, "port")).isEqualTo(port);
    assertThat(Settings.of(listener, "host")).isEqualTo(host);
    assertThat(Settings.of(listener, "jobs")).isEqualTo(jobs);
  }
}
