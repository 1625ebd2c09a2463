// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

/**
 * The levels of gearmand's log, and those of logback that are nearest. Nothing that a server which
 * goes on has to say is graver than an error, and what ends one is said on standard error.
 */
enum Verbosity {
  FATAL("OFF"),
  ALERT("OFF"),
  CRITICAL("OFF"),
  ERROR("ERROR"),
  WARNING("WARN"),
  NOTICE("INFO"),
  INFO("INFO"),
  DEBUG("DEBUG");

  final String level;

  Verbosity(String level) {
    this.level = level;
  }
}
