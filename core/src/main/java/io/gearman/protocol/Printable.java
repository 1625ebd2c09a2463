// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.regex.Pattern;

/**
 * Names as tables, logs and terminals can take them. Anybody can name a function, an id or himself,
 * and a name is any bytes: one with line ends looks like several lines, and one with control
 * characters can have a terminal do what it says.
 *
 * <p>Unprintable are control characters, of which Unicode has 32 beside those of ASCII, line and
 * paragraph separators, and those that turn the direction of the text. What is not UTF-8 is taken
 * for ISO 8859-1.
 */
public final class Printable {

  private static final String UNPRINTABLE =
      "[\\p{Cc}\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069%s]";

  private static final Pattern IN_NAME = Pattern.compile(UNPRINTABLE.formatted(""));
  private static final Pattern IN_LINE = Pattern.compile(UNPRINTABLE.formatted("&&[^\\t\\r\\n]"));

  private Printable() {}

  /** A name with an underscore for each character that is unprintable. */
  public static String name(String name) {
    return IN_NAME.matcher(name).replaceAll("_");
  }

  /**
   * The bytes of a name with others for what is unprintable; all that are left are as they were.
   *
   * @param replacement ASCII
   */
  public static byte[] name(byte[] name, String replacement) {
    return replace(IN_NAME, name, replacement);
  }

  /** The bytes of a line of a table, with underscores but where tabs and line ends are. */
  public static byte[] line(byte[] line) {
    return replace(IN_LINE, line, "_");
  }

  private static byte[] replace(Pattern unprintable, byte[] bytes, String replacement) {
    Charset charset = charset(bytes);
    return unprintable
        .matcher(new String(bytes, charset))
        .replaceAll(replacement)
        .getBytes(charset);
  }

  private static Charset charset(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return UTF_8;
    } catch (CharacterCodingException e) {
      return ISO_8859_1;
    }
  }
}
