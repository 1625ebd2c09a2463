// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Refusals are {@code application/problem+json} (RFC 9457), also for a reader who said that it
 * takes nothing but an event stream: it reads the status first.
 */
@RestControllerAdvice
final class Problems extends ResponseEntityExceptionHandler {

  @Override
  protected Mono<ResponseEntity<Object>> createResponseEntity(
      @Nullable Object body,
      @Nullable HttpHeaders headers,
      HttpStatusCode status,
      ServerWebExchange exchange) {
    HttpHeaders typed = headers == null ? new HttpHeaders() : HttpHeaders.copyOf(headers);
    typed.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return Mono.just(new ResponseEntity<>(body, typed, status));
  }
}
