// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.time.Duration;

/**
 * The stall bound of a server.
 *
 * @param bound how long others may wait for a reader
 */
record Stalls(Clock clock, Duration bound) {

  /**
   * @param giveUp ends a reader that others have waited for too long
   */
  Stall make(Runnable giveUp) {
    return new Stall(this, giveUp);
  }
}
