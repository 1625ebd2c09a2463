// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

/**
 * A command of the text protocol.
 *
 * @param line what is sent
 * @param answer how the end of its answer is known
 */
record AdminRequest(String line, Answer answer) {

  enum Answer {
    LINE,
    /** Lines until one that is a dot. */
    LIST,
    /** A line, or the end of the connection: some servers are gone before they answer. */
    LINE_OR_END
  }

  static AdminRequest line(String line) {
    return new AdminRequest(line, Answer.LINE);
  }

  static AdminRequest list(String line) {
    return new AdminRequest(line, Answer.LIST);
  }

  /** A command about something whose name must not end the line and begin another command. */
  static AdminRequest about(String option, String command, String name) {
    if (name.isEmpty() || name.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      throw new IllegalArgumentException(
          option + " needs a name, without line ends and NUL characters");
    }
    return line(command + ' ' + name);
  }
}
