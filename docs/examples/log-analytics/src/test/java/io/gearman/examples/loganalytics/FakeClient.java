// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.UniqueStatus;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.transport.ConnectionState;
import io.gearman.worker.Job;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A client whose jobs run, and stand, as the test says. */
record FakeClient(
    Function<JobRequest, Flux<JobEvent>> jobs, Function<JobHandle, Mono<JobStatus>> statuses)
    implements GearmanClient {

  static final JobHandle HANDLE = new JobHandle("127.0.0.1:4730", "H:fake:1");

  /** One whose jobs nobody knows anything about. */
  static FakeClient running(Function<JobRequest, Flux<JobEvent>> jobs) {
    return new FakeClient(jobs, handle -> Mono.just(new JobStatus(false, false, 0, 0)));
  }

  @Override
  public Flux<JobEvent> run(JobRequest request) {
    return Flux.defer(() -> jobs.apply(request));
  }

  @Override
  public Mono<JobHandle> enqueue(JobRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<JobStatus> status(JobHandle handle) {
    return Mono.defer(() -> statuses.apply(handle));
  }

  @Override
  public Mono<UniqueStatus> statusByUnique(String unique) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<Void> cancel(JobHandle handle) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flux<ConnectionState> states() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispose() {}

  /** What a server sends about a job that it has accepted. */
  static Flux<JobEvent> accepted(Flux<JobEvent> updates) {
    return updates.startWith(new JobEvent.Created(HANDLE));
  }

  /** A job that is accepted, and counted as a worker would. */
  static Flux<JobEvent> count(JobRequest request, int linesPerPartial) {
    Job job = new Job(HANDLE, request.function(), "", "", request.workload());
    return accepted(Flux.from(new CountLines(linesPerPartial).apply(job)).cast(JobEvent.class));
  }
}
