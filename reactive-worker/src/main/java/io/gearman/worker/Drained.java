// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

/**
 * What became of the jobs that a worker held when it was shut down, and of those that were already
 * on their way to it.
 *
 * @param completed jobs that ended, with a result or a failure
 * @param returned jobs that had not ended: their servers give them to other workers
 */
public record Drained(long completed, long returned) {

  Drained minus(Drained before) {
    return new Drained(completed - before.completed, returned - before.returned);
  }
}
