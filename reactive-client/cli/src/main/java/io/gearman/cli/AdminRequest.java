// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;

/**
 * A command of the text protocol.
 *
 * @param line what is sent, without its end
 * @param answer how the end of its answer is known
 */
record AdminRequest(byte[] line, Answer answer) {

  enum Answer {
    LINE,
    /** Lines until one that is a dot. */
    LIST,
    /** A line, or the end of the connection: some servers are gone before they answer. */
    LINE_OR_END
  }

  static AdminRequest line(String line) {
    return of(line, Answer.LINE);
  }

  static AdminRequest list(String line) {
    return of(line, Answer.LIST);
  }

  static AdminRequest of(String line, Answer answer) {
    return new AdminRequest(line.getBytes(US_ASCII), answer);
  }

  /** A command about something whose name must not end the line and begin another command. */
  static AdminRequest about(String option, String command, String name, Charset charset) {
    if (name.isEmpty() || name.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      throw new IllegalArgumentException(
          option + " needs a name, without line ends and NUL characters");
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes((command + ' ').getBytes(US_ASCII));
    line.writeBytes(ArgumentCharset.encode(option, name, charset));
    return new AdminRequest(line.toByteArray(), Answer.LINE);
  }
}
