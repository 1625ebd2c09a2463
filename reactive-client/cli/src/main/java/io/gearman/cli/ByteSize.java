// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes: {@code 64MiB}, or {@code 67108864}. */
record ByteSize(long bytes) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMGT]i)?B?");

  static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String word) {
      Matcher form = FORM.matcher(word);
      if (form.matches()) {
        try {
          return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), unit(form)));
        } catch (ArithmeticException e) {
          throw new TypeConversionException("'" + word + "' is more than 2^63-1 bytes");
        }
      }
      throw new TypeConversionException(
          "'" + word + "' is not a number of bytes such as 1048576, 1024KiB, 1MiB or 1GiB");
    }

    private static long unit(Matcher form) {
      String prefix = form.group(2);
      return prefix == null ? 1 : 1L << (10 * ("KMGT".indexOf(prefix.charAt(0)) + 1));
    }
  }
}
