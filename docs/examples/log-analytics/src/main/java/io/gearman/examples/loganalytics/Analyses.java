// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.client.GearmanClient;
import java.util.List;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Map and reduce: a body becomes blocks, a block becomes a job, and what the jobs report becomes
 * the events for the reader. At no time is more held than the blocks in flight and the sums.
 */
@Component
final class Analyses {

  private final GearmanClient client;
  private final AnalysisProperties settings;

  Analyses(GearmanClient client, AnalysisProperties settings) {
    this.client = client;
    this.settings = settings;
  }

  /**
   * The events of one analysis; each subscription is one. The last one is the result, or an error
   * if something was streamed before; else the error is the error of the flux. Cancelling it
   * cancels its jobs and the rest of the body.
   *
   * @param bodyLength bytes of the body, negative if not announced
   */
  Flux<ServerSentEvent<String>> analyse(Flux<DataBuffer> body, long bodyLength) {
    return onAThread(
            thread -> {
              Totals totals = new Totals(bodyLength, settings.maxDistinct());
              ConflatedJobs jobs = new ConflatedJobs(client, settings, thread);
              return rounds(jobs.states(blocks(body)), totals, thread)
                  .concatWith(Mono.fromSupplier(() -> StreamEvents.result(totals)));
            })
        .switchOnFirst(Analyses::errorAsLastEvent);
  }

  /** The same at the pace of a throttle, with {@code flow} events; an error is always one. */
  Flux<ServerSentEvent<String>> analyse(Flux<DataBuffer> body, long bodyLength, Throttle throttle) {
    return onAThread(
        thread -> {
          Totals totals = new Totals(bodyLength, settings.maxDistinct());
          ThrottledJobs jobs = new ThrottledJobs(client, settings, throttle, thread);
          return beside(
                  rounds(jobs.states(blocks(body)), totals, thread),
                  jobs.flow().map(StreamEvents::flow))
              .concatWith(Mono.fromSupplier(() -> StreamEvents.flow(jobs.now())))
              .concatWith(Mono.fromSupplier(() -> StreamEvents.result(totals)));
        });
  }

  /** On a thread of its own, which confines what the reducer holds. */
  private static Flux<ServerSentEvent<String>> onAThread(
      Function<Scheduler, Flux<ServerSentEvent<String>>> analysis) {
    return Flux.using(() -> Schedulers.single(Schedulers.parallel()), analysis, Scheduler::dispose)
        .onErrorMap(AnalysisException::from);
  }

  /** The body is read as fast as blocks are taken, and no faster. */
  private Flux<Block> blocks(Flux<DataBuffer> body) {
    Flux<byte[]> chunks =
        BodyGuard.guard(
            body.map(Analyses::copyAndRelease).onErrorMap(AnalysisException::brokenBody));
    return BlockSplitter.split(
        chunks, (int) settings.blockSize().toBytes(), (int) settings.maxLineLength().toBytes());
  }

  private Flux<ServerSentEvent<String>> rounds(
      Flux<BlockState> states, Totals totals, Scheduler thread) {
    return Conflation.latest(
        states.map(totals::update),
        List.of(StreamEvents::progress, StreamEvents::partial),
        settings.emitEvery(),
        thread);
  }

  /** Both, as long as the first lasts. Of each at most one event waits for a slow reader. */
  private static <T> Flux<T> beside(Flux<T> main, Flux<T> other) {
    Sinks.Empty<Void> ended = Sinks.empty();
    return Flux.merge(
        1,
        main.doOnTerminate(ended::tryEmitEmpty),
        other.onBackpressureLatest().takeUntilOther(ended.asMono()));
  }

  private static Flux<ServerSentEvent<String>> errorAsLastEvent(
      Signal<? extends ServerSentEvent<String>> first, Flux<ServerSentEvent<String>> events) {
    return first.isOnError()
        ? events
        : events.onErrorResume(
            AnalysisException.class, error -> Mono.just(StreamEvents.error(error)));
  }

  /** Reference counting ends here: blocks are byte arrays, and nothing behind can leak. */
  private static byte[] copyAndRelease(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }
}
