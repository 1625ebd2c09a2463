// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.JobHandle;
import reactor.core.publisher.Flux;

/** A job that is to run in the background; its handle is what comes of it. */
final class BackgroundSubmission extends Submission<JobHandle> {

  BackgroundSubmission(Servers servers, JobRequest job) {
    super(servers, job);
  }

  @Override
  Flux<JobHandle> send(ClientSession session) {
    return session
        .enqueue(job())
        .flux()
        .onErrorResume(GearmanException.class, failure -> after(session, failure));
  }
}
