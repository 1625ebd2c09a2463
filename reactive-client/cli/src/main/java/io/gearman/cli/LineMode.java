// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

/** What options {@code -n} and {@code -N} make of lines. */
enum LineMode {
  /** Lines mean nothing. */
  NONE,
  /** Each line is a piece of its own, with its end. */
  KEEP_ENDS,
  /** Each line is a piece of its own, without its end. */
  STRIP_ENDS
}
