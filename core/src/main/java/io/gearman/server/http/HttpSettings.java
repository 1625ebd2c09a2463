// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.transport.TlsSettings;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/**
 * What a listener is told before it starts; {@link HttpListener} says what each of it means. Never
 * changed once it is shared.
 */
final class HttpSettings implements Cloneable {

  String host = "127.0.0.1";
  int port = HttpListener.DEFAULT_PORT;
  boolean jobs;
  int maxConnections = 1_000;
  @Nullable Mono<String> metrics;
  @Nullable TlsSettings tls;
  Duration period = Duration.ofSeconds(1); // of the live page
  UnaryOperator<HttpServer> http = UnaryOperator.identity();

  HttpSettings with(Consumer<HttpSettings> change) {
    try {
      HttpSettings copy = (HttpSettings) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
