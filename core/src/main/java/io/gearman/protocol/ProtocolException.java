// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import io.gearman.GearmanException;

/**
 * The peer sent bytes that are no Gearman packet and no line of the text protocol, or a packet or
 * line that it may not send. The connection is of no more use.
 */
public final class ProtocolException extends GearmanException {

  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message, null);
  }
}
