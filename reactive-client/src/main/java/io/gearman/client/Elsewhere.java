// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.JobEvent;
import reactor.core.publisher.Flux;

/** Where a job goes on that a session does not bring to its end; each is subscribed to once. */
interface Elsewhere {

  /**
   * The events of a job that was not sent yet, for a subscriber that is not to keep others waiting
   * who share its connection.
   */
  Flux<JobEvent> apart(ClientSession shared);

  /** The events after a session has failed the job, which may be the failure alone. */
  Flux<JobEvent> after(ClientSession session, GearmanException failure);
}
