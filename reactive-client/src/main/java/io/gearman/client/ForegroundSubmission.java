// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.JobEvent;
import reactor.core.publisher.Flux;

/**
 * A job that is to run in the foreground. Its events come from a {@link JobSubscription}, which
 * asks here for others if it has failed, or if its subscriber may be slow and its server is plain.
 */
final class ForegroundSubmission extends Submission<JobEvent> implements Elsewhere {

  ForegroundSubmission(Servers servers, JobRequest job) {
    super(servers, job);
  }

  @Override
  Flux<JobEvent> send(ClientSession session) {
    return new JobFlux(session, job(), this);
  }

  @Override
  public Flux<JobEvent> apart(ClientSession shared) {
    return servers()
        .streamsOf(shared)
        .run(job(), shared)
        .onErrorResume(GearmanException.class, failure -> after(shared, failure));
  }
}
