// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import org.jspecify.annotations.Nullable;

/** The root of every error that Gearman Reactive signals. */
public abstract class GearmanException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  protected GearmanException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
