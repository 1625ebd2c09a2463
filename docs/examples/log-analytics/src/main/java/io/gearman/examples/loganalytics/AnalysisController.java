// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

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
    return analyses.analyse(request.getBody(), request.getHeaders().getContentLength());
  }
}
