// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/** How a job ended. Each ends once, in one of these ways. */
public enum Outcome {
  /** Its worker sent a result. */
  COMPLETED,
  /** Its worker sent WORK_FAIL. */
  FAILED,
  /** Its worker sent WORK_EXCEPTION. */
  EXCEPTION,
  /** It was cancelled, or everybody who waited for it left. */
  CANCELLED,
  /** It lost as many workers as the server allows. */
  GIVEN_UP
}
