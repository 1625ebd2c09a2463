// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.UniqueStatus;
import io.gearman.transport.ConnectionState;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A client that has one session. */
record SessionClient(ClientSession session) implements GearmanClient {

  @Override
  public Flux<JobEvent> run(JobRequest request) {
    return session.run(request);
  }

  @Override
  public Mono<JobHandle> enqueue(JobRequest request) {
    return session.enqueue(request);
  }

  @Override
  public Mono<JobStatus> status(JobHandle handle) {
    return session.status(handle);
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
  public void dispose() {
    session.dispose();
  }
}
