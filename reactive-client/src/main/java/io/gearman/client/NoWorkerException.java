// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.GearmanException;
import io.gearman.Retryable;

/** A job was not sent, since no worker of the server has its function and it was to fail then. */
public final class NoWorkerException extends GearmanException implements Retryable {

  private static final long serialVersionUID = 1L;

  private final String server;
  private final String function;

  NoWorkerException(String server, String function) {
    super("Server " + server + " has no worker for function " + function, null);
    this.server = server;
    this.function = function;
  }

  /** The server as {@code host:port}. */
  public String server() {
    return server;
  }

  public String function() {
    return function;
  }
}
