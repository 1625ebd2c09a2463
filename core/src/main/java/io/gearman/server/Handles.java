// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * The handles of one run of a server: a prefix that names the server and the run, and a number. No
 * two jobs ever share one, whichever server they met and however often it was restarted.
 */
final class Handles {

  /** Longest handle: libgearman keeps handles in 64 bytes, the terminating NUL included. */
  static final int MAX_LENGTH = 63;

  /** Longest prefix, which leaves room for the number of the run and that of the job. */
  static final int MAX_PREFIX = 29;

  private static final int LONGEST_NUMBER = 19; // digits of 2^63 - 1

  private final byte[] prefix;
  private long last;

  /**
   * @param server what each handle begins with; cut where the handle would grow too long
   * @param boot a number that differs from run to run
   */
  Handles(String server, long boot) {
    String name = server.replaceAll("[^\\x21-\\x7e]", "_");
    String run = Long.toString(boot, Character.MAX_RADIX);
    prefix =
        (name.substring(0, Math.min(name.length(), MAX_PREFIX)) + ':' + run + ':')
            .getBytes(ISO_8859_1);
  }

  /** A prefix that is configured is taken as it is or not at all. */
  static void checkPrefix(String prefix) {
    if (!prefix.matches("[\\x21-\\x7e]{1," + MAX_PREFIX + "}")) {
      throw new IllegalArgumentException(
          "handlePrefix must be 1 to %d printable ASCII characters without blanks, not \"%s\""
              .formatted(MAX_PREFIX, prefix));
    }
  }

  /** The number of a new handle. */
  long next() {
    return ++last;
  }

  byte[] toBytes(long number) {
    byte[] handle = Arrays.copyOf(prefix, prefix.length + countDigits(number));
    long left = number;
    for (int i = handle.length - 1; i >= prefix.length; i--) { // this is asked twice for each job
      handle[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    return handle;
  }

  private static int countDigits(long number) {
    int digits = 1;
    for (long left = number; left >= 10; left /= 10) {
      digits++;
    }
    return digits;
  }

  /** The number of a handle that this run may have given, else 0. What follows a NUL is ignored. */
  long parse(byte[] handle) {
    int end = prefix.length;
    if (handle.length <= end || !Arrays.equals(handle, 0, end, prefix, 0, end)) {
      return 0;
    }
    long number = 0;
    if (handle[end] == '0') {
      return 0;
    }
    for (int i = end; i < handle.length && handle[i] != 0; i++) {
      int digit = handle[i] - '0';
      if (digit < 0 || digit > 9 || i - end >= LONGEST_NUMBER - 1) {
        return 0;
      }
      number = 10 * number + digit;
    }
    return number;
  }
}
