// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.Retryable;

/** A job was not sent, since the connection has as many under way as the client allows. */
public final class TooManyJobsException extends GearmanException implements Retryable {

  private static final long serialVersionUID = 1L;

  private final int limit;

  TooManyJobsException(int limit) {
    super("The job was not sent: its connection has " + limit + " under way, the limit", null);
    this.limit = limit;
  }

  /** Jobs at most on one connection. */
  public int limit() {
    return limit;
  }
}
