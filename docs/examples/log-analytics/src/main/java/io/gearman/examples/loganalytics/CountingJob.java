// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** The job of a block. It may be done twice, so that it outlives the servers it is lost with. */
final class CountingJob {

  private static final int ATTEMPTS = 3;

  private CountingJob() {}

  /**
   * The events of the job; a further {@link JobEvent.Created} says that its server was lost, and
   * what came before is void. If none can be reached the client has waited for one already.
   */
  static Flux<JobEvent> run(GearmanClient client, Block block) {
    return client
        .run(JobRequest.of(CountLines.NAME, block.lines()))
        .retryWhen(
            Retry.max(ATTEMPTS - 1)
                .filter(CountingJob::isLost)
                .onRetryExhaustedThrow((spec, last) -> last.failure()));
  }

  private static boolean isLost(Throwable failure) {
    return failure instanceof ConnectionException lost && lost.phase() != Phase.CONNECT;
  }
}
