// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The charset from which Java made the words of the command line. What this charset does not have
 * was replaced on the way, so that another name stands there than the one that was written.
 */
final class ArgumentCharset {

  private static final char REPLACEMENT = '\uFFFD';

  private ArgumentCharset() {}

  static Charset get() {
    String name = System.getProperty("sun.jnu.encoding", System.getProperty("native.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.UTF_8;
  }

  /**
   * The bytes that the user wrote.
   *
   * @throws IllegalArgumentException if they can no longer be known
   */
  static byte[] encode(String option, String word, Charset charset) {
    if (word.indexOf(REPLACEMENT) >= 0 || !charset.newEncoder().canEncode(word)) {
      throw new IllegalArgumentException(
          option + ": the name cannot be expressed in this locale; set LANG=C.UTF-8");
    }
    return word.getBytes(charset);
  }
}
