// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import org.jspecify.annotations.Nullable;

/** The first four bytes of a packet: whether it travels to the job server or from it. */
public enum Magic {
  /** {@code \0REQ}, to the server. */
  REQUEST(0x00524551),
  /** {@code \0RES}, from the server. */
  RESPONSE(0x00524553);

  private final int code;

  Magic(int code) {
    this.code = code;
  }

  /** The four bytes as a big-endian number. */
  public int code() {
    return code;
  }

  static @Nullable Magic of(int code) {
    return code == REQUEST.code ? REQUEST : code == RESPONSE.code ? RESPONSE : null;
  }
}
