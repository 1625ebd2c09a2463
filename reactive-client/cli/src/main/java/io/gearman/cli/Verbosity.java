// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import org.slf4j.event.Level;

/** The levels of gearmand's log. Those that slf4j does not tell apart mean the same. */
enum Verbosity {
  FATAL(Level.ERROR),
  ALERT(Level.ERROR),
  CRITICAL(Level.ERROR),
  ERROR(Level.ERROR),
  WARNING(Level.WARN),
  NOTICE(Level.INFO),
  INFO(Level.INFO),
  DEBUG(Level.DEBUG);

  final Level level;

  Verbosity(Level level) {
    this.level = level;
  }
}
