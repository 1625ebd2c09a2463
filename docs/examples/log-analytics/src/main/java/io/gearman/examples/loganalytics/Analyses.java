// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
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
    return Flux.using(
            () -> Schedulers.single(Schedulers.parallel()),
            thread -> reduce(map(body), bodyLength, thread),
            Scheduler::dispose)
        .onErrorMap(AnalysisException::from)
        .switchOnFirst(Analyses::errorAsLastEvent);
  }

  /** How the blocks stand. The body is read as fast as blocks are done, and no faster. */
  private Flux<BlockState> map(Flux<DataBuffer> body) {
    Flux<byte[]> chunks =
        BodyGuard.guard(
            body.map(Analyses::copyAndRelease).onErrorMap(AnalysisException::brokenBody));
    return BlockSplitter.split(
            chunks, (int) settings.blockSize().toBytes(), (int) settings.maxLineLength().toBytes())
        .flatMap(this::count, settings.blocksInFlight(), 1);
  }

  /** One job. If the reducer is behind, it skips to the latest state. */
  private Flux<BlockState> count(Block block) {
    return client
        .run(JobRequest.of(CountLines.NAME, block.lines()))
        .timeout(
            settings.stallTimeout(),
            Mono.error(() -> AnalysisException.stalled(settings.stallTimeout())))
        .scan(BlockState.of(block), BlockState::after)
        .skip(1) // nothing has happened before the first event
        .onBackpressureLatest();
  }

  private Flux<ServerSentEvent<String>> reduce(
      Flux<BlockState> updates, long bodyLength, Scheduler thread) {
    Totals totals = new Totals(bodyLength, settings.maxDistinct());
    return Conflation.<Totals, ServerSentEvent<String>>latest(
            updates.publishOn(thread, 1).map(totals::update),
            List.of(StreamEvents::progress, StreamEvents::partial),
            settings.emitEvery(),
            thread)
        .concatWith(Mono.fromSupplier(() -> StreamEvents.result(totals)));
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
