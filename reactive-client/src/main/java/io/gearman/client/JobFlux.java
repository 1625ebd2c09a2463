// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The events of a job; each subscription submits it anew. */
final class JobFlux extends Flux<JobEvent> {

  private final ClientSession session;
  private final JobRequest request;

  JobFlux(ClientSession session, JobRequest request) {
    this.session = session;
    this.request = request;
  }

  @Override
  public void subscribe(CoreSubscriber<? super JobEvent> actual) {
    actual.onSubscribe(new JobSubscription(session, request, actual));
  }
}
