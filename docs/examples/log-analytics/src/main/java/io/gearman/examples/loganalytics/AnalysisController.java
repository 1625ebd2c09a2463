// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/** {@code POST /analyses}: the body is the log, whatever type it is announced as. */
@RestController
final class AnalysisController {

  private final Analyses analyses;

  AnalysisController(Analyses analyses) {
    this.analyses = analyses;
  }

  /** Takes the bare request: curl announces a form, which nobody must try to parse. */
  @PostMapping(path = "/analyses", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<ServerSentEvent<String>> analyse(ServerHttpRequest request) {
    return analyses
        .analyse(request.getBody(), request.getHeaders().getContentLength())
        .publishOn(eventLoop(request), 1);
  }

  /**
   * The thread that writes the response, and asks for what to write. Events that came from another
   * one could meet that question half way, and reactor-core 3.8.7 forgets one of two requests that
   * reach a {@code concat} at once: reactor-netty has one per event, and the stream would stop.
   */
  static Scheduler eventLoop(ServerHttpRequest request) {
    Connection connection = ServerHttpRequestDecorator.getNativeRequest(request);
    return Schedulers.fromExecutor(connection.channel().eventLoop());
  }
}
