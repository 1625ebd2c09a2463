// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/** The job server has no room for the job (QUEUE_ERROR), and may have later. */
public final class QueueFullException extends ServerErrorException implements Retryable {

  /** The code of the server's error. */
  public static final String CODE = "QUEUE_ERROR";

  private static final long serialVersionUID = 1L;

  public QueueFullException(String server, String text) {
    super(server, CODE, text);
  }
}
