// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Bodies that have not wholly arrived. Memory is taken as bytes arrive, and by all of them together
 * no more than there is for partial packets on the job server's own port. Confined to the
 * listener's event loop.
 */
final class Uploads {

  private final long max;
  private long held;

  /**
   * @param max how many bytes all bodies together may have
   */
  Uploads(long max) {
    this.max = max;
  }

  /** Room for one of any size, and a quarter of the heap. */
  static Uploads upTo(int maxPacketSize) {
    return new Uploads(Math.max(maxPacketSize, Runtime.getRuntime().maxMemory() / 4));
  }

  /**
   * The body of a request, empty if there is none.
   *
   * @param limit how many bytes it may have
   */
  Mono<byte[]> read(HttpServerRequest request, int limit) {
    long declared = declared(request);
    if (declared > limit) {
      return Mono.error(tooLarge(declared + " bytes", limit));
    }
    return Mono.defer(
        () -> {
          Upload upload = new Upload(limit);
          return request
              .receive()
              .asByteArray()
              .doOnNext(upload::add)
              .then(Mono.fromSupplier(upload::all))
              .doFinally(end -> upload.release());
        });
  }

  /** Netty refuses what is no number. */
  private static long declared(HttpServerRequest request) {
    String length = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  private static Problem tooLarge(String size, int limit) {
    return new Problem(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body has %s, and may have %d for this function and unique id".formatted(size, limit));
  }

  private final class Upload {

    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int limit;

    Upload(int limit) {
      this.limit = limit;
    }

    byte[] all() {
      return bytes.toByteArray();
    }

    /** The operators of a request refer to this until its job has ended: nothing is left here. */
    void release() {
      held -= bytes.size();
      bytes = new ByteArrayOutputStream(0);
    }

    void add(byte[] part) {
      if (part.length > limit - bytes.size()) {
        throw tooLarge("more than " + limit + " bytes", limit);
      }
      if (held + part.length > max) {
        throw Problems.unavailable(
            "Bodies on their way have more than %d bytes together".formatted(max));
      }
      held += part.length;
      bytes.writeBytes(part);
    }
  }
}
