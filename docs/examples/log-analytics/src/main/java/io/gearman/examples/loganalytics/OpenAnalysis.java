// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * An analysis whose events are read by one request and whose log comes with another: browsers send
 * a body before they read the answer.
 */
final class OpenAnalysis {

  private final String id;
  private final Throttle throttle;
  private final Sinks.One<Log> log = Sinks.one();
  private final Sinks.One<Boolean> received = Sinks.one();

  private volatile boolean bodyCancelled;

  /** What came with the other request. */
  private record Log(Flux<DataBuffer> body, long length) {}

  OpenAnalysis(String id, Throttle throttle) {
    this.id = id;
    this.throttle = throttle;
  }

  String id() {
    return id;
  }

  Throttle throttle() {
    return throttle;
  }

  /** The events, from the moment the log has come. The last one may be an error. */
  Flux<ServerSentEvent<String>> events(Analyses analyses, Duration uploadTimeout) {
    return log.asMono()
        .timeout(uploadTimeout, Mono.error(() -> AnalysisException.noLog(uploadTimeout)))
        .flatMapMany(sent -> analyses.analyse(sent.body(), sent.length(), throttle))
        .onErrorResume(AnalysisException.class, error -> Mono.just(StreamEvents.error(error)))
        .doFinally(end -> received.tryEmitValue(false));
  }

  /** Takes the log, once. Tells, when nothing more is read of it, whether that was to its end. */
  Mono<Boolean> take(Flux<DataBuffer> body, long length) {
    Flux<DataBuffer> watched =
        body.doOnComplete(this::bodyEnded).doOnCancel(() -> bodyCancelled = true);
    return log.tryEmitValue(new Log(watched, length)).isSuccess()
        ? received.asMono()
        : Mono.error(AnalysisException.secondLog(id));
  }

  /** Where it is cancelled while it gives a part, reactor-netty completes it none the less. */
  private void bodyEnded() {
    if (!bodyCancelled) {
      received.tryEmitValue(true);
    }
  }
}
