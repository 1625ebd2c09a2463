// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import io.gearman.JobHandle;
import io.gearman.transport.ServerAddress;

/**
 * A job that has not ended (a row of {@code show jobs}).
 *
 * @param handle what {@link AdminClient#cancel} takes
 * @param retries how often the job has lost its worker, as far as the server counts it; 0 or more
 * @param ignored true if nobody wants the job any more: it goes when its turn comes
 * @param persisted true if the job is in the server's persistent queue; gearmand says so of every
 *     background job, even if it has no such queue
 */
public record JobEntry(JobHandle handle, long retries, boolean ignored, boolean persisted) {

  static JobEntry parse(ServerAddress server, String line) {
    Row row = Row.parse(line, 3);
    JobHandle handle = new JobHandle(server.toString(), row.name());
    return new JobEntry(handle, row.number(0), row.number(1) != 0, row.number(2) != 0);
  }
}
