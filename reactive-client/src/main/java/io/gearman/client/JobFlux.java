// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The events of a job; each subscription submits it anew. */
final class JobFlux extends Flux<JobEvent> {

  private final ClientSession session;
  private final JobRequest request;
  private final @Nullable Elsewhere elsewhere;

  /**
   * @param elsewhere where it goes on if not here; null if it does not
   */
  JobFlux(ClientSession session, JobRequest request, @Nullable Elsewhere elsewhere) {
    this.session = session;
    this.request = request;
    this.elsewhere = elsewhere;
  }

  @Override
  public void subscribe(CoreSubscriber<? super JobEvent> actual) {
    JobSubscription subscription = new JobSubscription(session, request, elsewhere, actual);
    actual.onSubscribe(subscription);
    subscription.begin();
  }
}
