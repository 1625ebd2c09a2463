// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A file of the live page. It may load the others and hear the events, and nothing from elsewhere.
 */
final class LivePage implements Endpoint {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String type;
  private final byte[] content;

  /** Reads it, which may block. */
  LivePage(String file, String type) {
    this.type = type;
    try (InputStream in = LivePage.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the jar");
      }
      this.content = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    response.responseHeaders().set("Content-Security-Policy", POLICY);
    return Endpoint.send(response, type, content);
  }
}
