// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Refuses a body that is empty or no text, before the first job is submitted for it. */
final class BodyGuard {

  /** A block is never smaller than this, so that the first one is cut after the verdict. */
  static final int LOOKED_AT = 1024;

  private long seen;

  private BodyGuard() {}

  static Flux<byte[]> guard(Flux<byte[]> body) {
    return Flux.defer(
        () -> {
          BodyGuard guard = new BodyGuard();
          return body.doOnNext(guard::look).concatWith(Mono.fromRunnable(guard::end));
        });
  }

  private void look(byte[] chunk) {
    for (int i = 0; i < chunk.length && seen + i < LOOKED_AT; i++) {
      if (chunk[i] == 0) {
        throw AnalysisException.binaryBody(seen + i);
      }
    }
    seen += chunk.length;
  }

  private void end() {
    if (seen == 0) {
      throw AnalysisException.emptyBody();
    }
  }
}
