// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.util.Objects.requireNonNull;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.PayloadCodec;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What a worker does with a job: it turns the job into a publisher of what is to be sent. */
@FunctionalInterface
public interface JobFunction {

  /**
   * The updates of a job. It is subscribed to once, on the event loop of the worker's connections,
   * where nothing may block: a function that keeps it for more than 50 ms is named in a warning,
   * once a minute at most. It may signal from any thread. Elements are requested only while the
   * connection takes data and, where the server speaks the flow extension, no more than one ahead
   * of what the clients' windows allow.
   *
   * <p>The job ends with exactly one packet: WORK_COMPLETE with the first {@link
   * JobEvent.Completed}, after which the publisher is cancelled, or an empty one when the publisher
   * completes without; WORK_FAIL when it fails with a {@link io.gearman.JobFailedException};
   * WORK_EXCEPTION when it fails with anything else, carrying the bytes of a {@link
   * io.gearman.WorkerException} or the class and message of the error. An exception thrown here
   * counts as a failure of the publisher, and so does an element that was not requested.
   *
   * <p>Data, warnings and results may be of any size: what is larger than a packet may be is sent
   * in several, each of which counts for the clients' windows.
   *
   * <p>The publisher is cancelled when nobody wants the job any more, which a server with the flow
   * extension says, when the time of the job is up, and when the connection is lost, since the
   * server then gives the job to another worker.
   */
  Publisher<JobUpdate> apply(Job job);

  /** The job's result is what the {@code Mono} emits; empty if it emits nothing. */
  static JobFunction ofMono(Function<? super Job, ? extends Mono<byte[]>> function) {
    return job -> function.apply(job).map(JobEvent.Completed::new);
  }

  /**
   * As {@link #ofMono(Function)}, from value to value. What a codec cannot decode or encode fails
   * the job with a {@link io.gearman.PayloadException}; a {@code Mono} that emits nothing is an
   * empty result, whatever the codec. The codecs run on the event loop, or where the {@code Mono}
   * emits.
   */
  static <I, O> JobFunction ofMono(
      PayloadCodec<I> workload,
      PayloadCodec<O> result,
      Function<? super I, ? extends Mono<O>> function) {
    return ofMono(
        job ->
            function
                .apply(workload.decodeFor(job.function(), job.workload()))
                .map(value -> result.encodeFor(job.function(), value)));
  }

  /** Each element is sent as it comes (WORK_DATA); the job ends with an empty WORK_COMPLETE. */
  static JobFunction ofFlux(Function<? super Job, ? extends Publisher<byte[]>> function) {
    return job -> Flux.from(function.apply(job)).map(JobEvent.Data::new);
  }

  /** As {@link #ofFlux(Function)}, from a value to values, with codecs as for a {@code Mono}. */
  static <I, O> JobFunction ofFlux(
      PayloadCodec<I> workload,
      PayloadCodec<O> part,
      Function<? super I, ? extends Publisher<O>> function) {
    return ofFlux(
        job ->
            Flux.from(function.apply(workload.decodeFor(job.function(), job.workload())))
                .map(value -> part.encodeFor(job.function(), value)));
  }

  /**
   * Code that blocks. It runs on {@link Schedulers#boundedElastic()}, whose threads are virtual
   * where the JDK has them and the system property {@code
   * reactor.schedulers.defaultBoundedElasticOnVirtualThreads} is {@code true}. As {@link
   * #blocking(Blocking, Scheduler)}.
   */
  static JobFunction blocking(Blocking function) {
    return blocking(function, Schedulers.boundedElastic());
  }

  /**
   * Code that blocks, on threads of one's own, such as {@code
   * Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor())}. It is interrupted
   * if the job is cancelled; the result may be null for none. The slot of a job is not free before
   * its code has come back: code that takes no notice of the interruption keeps it.
   */
  static JobFunction blocking(Blocking function, Scheduler scheduler) {
    requireNonNull(function, "function");
    requireNonNull(scheduler, "scheduler");
    return job ->
        Mono.<byte[]>create(result -> Slot.of(result.contextView()).occupy(function, job, result))
            .subscribeOn(scheduler)
            .map(JobEvent.Completed::new);
  }

  /** A function that blocks its thread until the result is there. */
  @FunctionalInterface
  interface Blocking {
    byte @Nullable [] apply(Job job) throws Exception;
  }
}
