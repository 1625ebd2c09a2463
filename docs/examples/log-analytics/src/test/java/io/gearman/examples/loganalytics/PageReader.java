// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.util.Objects.requireNonNull;

import io.gearman.examples.loganalytics.RunningApp.Answer;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Reads an analysis as the page does: the events of one request, the log in another. */
record PageReader(RunningApp app) {

  /** The events of one analysis, cold; the first one has its id. */
  Flux<StreamEvent> open(String query) {
    return Flux.defer(
        () -> {
          StringBuilder rest = new StringBuilder();
          return app.http()
              .get()
              .uri("/analyses/events" + query)
              .responseContent()
              .asString()
              .concatMapIterable(text -> completeEvents(rest.append(text)));
        });
  }

  /** The events of an analysis of this log, which is sent beside them. */
  Flux<StreamEvent> reading(byte[] log, String query) {
    return open(query)
        .doOnNext(
            event -> {
              if (event.name().equals("ready")) {
                upload(id(event), Flux.just(log)).onErrorComplete().subscribe();
              }
            });
  }

  /** All events of an analysis of this log, and what the upload was answered. */
  Analysed analyse(byte[] log, String query) {
    AtomicReference<Mono<Answer>> upload = new AtomicReference<>();
    List<StreamEvent> events =
        requireNonNull(
            open(query)
                .doOnNext(
                    event -> {
                      if (event.name().equals("ready")) {
                        Mono<Answer> answer = upload(id(event), Flux.just(log)).cache();
                        answer.subscribe();
                        upload.set(answer);
                      }
                    })
                .collectList()
                .block(RunningApp.PATIENCE));
    return new Analysed(events, requireNonNull(upload.get().block(RunningApp.PATIENCE)));
  }

  /** Both answers of a whole analysis. */
  record Analysed(List<StreamEvent> events, Answer upload) {

    StreamEvent last() {
      return events.get(events.size() - 1);
    }
  }

  Mono<Answer> upload(String id, Flux<byte[]> log) {
    return RunningApp.whole(
        app.http().put().uri("/analyses/" + id + "/log").send(log.map(Unpooled::wrappedBuffer)));
  }

  Answer throttle(String id, String query) {
    return RunningApp.answer(app.http().put().uri("/analyses/" + id + "/throttle" + query));
  }

  Answer lift(String id) {
    HttpClient.RequestSender delete = app.http().delete();
    return RunningApp.answer(delete.uri("/analyses/" + id + "/throttle"));
  }

  static String id(StreamEvent ready) {
    return ready.json().get("id").asString();
  }

  /** Takes the events that are complete from the text. */
  private static List<StreamEvent> completeEvents(StringBuilder text) {
    int end = text.lastIndexOf("\n\n");
    if (end < 0) {
      return List.of();
    }
    String complete = text.substring(0, end);
    text.delete(0, end + 2);
    return Arrays.stream(complete.split("\n\n", -1))
        .flatMap(block -> StreamEvent.parse(block).stream())
        .toList();
  }
}
