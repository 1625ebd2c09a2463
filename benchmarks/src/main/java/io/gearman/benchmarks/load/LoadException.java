// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

/** Something could not be measured. */
final class LoadException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String reason;

  LoadException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** In words. */
  String reason() {
    return reason;
  }
}
