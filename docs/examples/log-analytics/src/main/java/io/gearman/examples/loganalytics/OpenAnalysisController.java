// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the page talks to: its events, and beside them its log and its throttle. */
@RestController
@RequestMapping("/analyses")
final class OpenAnalysisController {

  private final OpenAnalyses open;

  OpenAnalysisController(OpenAnalyses open) {
    this.open = open;
  }

  /** Who stops reading cancels the analysis: there is no other way, and a closed tab takes it. */
  @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<ServerSentEvent<String>> events(
      @RequestParam @Nullable String itemsPerSecond, ServerHttpRequest request) {
    Throttle.Rate rate =
        itemsPerSecond == null ? Throttle.Rate.UNLIMITED : Throttle.Rate.parse(itemsPerSecond);
    return open.open(rate).publishOn(AnalysisController.eventLoop(request), 1);
  }

  /**
   * Answered when the log has been read, or the analysis has ended before: its events say why. That
   * may be just when the connection is closed, and a body would be lost on its way.
   */
  @PutMapping("/{id}/log")
  Mono<ResponseEntity<Void>> log(@PathVariable String id, ServerHttpRequest request) {
    long length = request.getHeaders().getContentLength();
    return open.find(id)
        .flatMap(analysis -> analysis.take(request.getBody(), length))
        .map(
            whole ->
                ResponseEntity.status(whole ? HttpStatus.NO_CONTENT : HttpStatus.GONE).build());
  }

  @PutMapping("/{id}/throttle")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  Mono<Void> throttle(@PathVariable String id, @RequestParam String itemsPerSecond) {
    Throttle.Rate rate = Throttle.Rate.parse(itemsPerSecond);
    return open.find(id).doOnNext(analysis -> analysis.throttle().set(rate)).then();
  }

  @DeleteMapping("/{id}/throttle")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  Mono<Void> unlimited(@PathVariable String id) {
    return open.find(id)
        .doOnNext(analysis -> analysis.throttle().set(Throttle.Rate.UNLIMITED))
        .then();
  }
}
