// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import java.util.HashMap;
import java.util.Map;

/** What a process was told when it was started. */
final class Settings {

  /** The loopback address, where everything happens. */
  static final String HOST = "127.0.0.1";

  /** The function, or what a peer has in its place. */
  static final String FUNCTION = "load";

  /** The function whose result comes in chunks. */
  static final String STREAM = "stream";

  private final Map<String, String> values = new HashMap<>();

  Settings(String... args) {
    for (String arg : args) {
      int separator = arg.indexOf('=');
      if (separator < 1) {
        throw new IllegalArgumentException("An argument is key=value, not " + arg);
      }
      values.put(arg.substring(0, separator), arg.substring(separator + 1));
    }
  }

  String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + "= is missing");
    }
    return value;
  }

  int number(String key) {
    return Integer.parseInt(text(key));
  }

  int port() {
    return number("port");
  }

  int inFlight() {
    return number("in-flight");
  }

  /** Whether results come in chunks. */
  boolean streams() {
    return text("mode").equals("stream");
  }

  byte[] payload() {
    return new byte[number("payload")];
  }

  /** A result, or each of its chunks. */
  byte[] result() {
    return new byte[number("result")];
  }

  int chunks() {
    return number("chunks");
  }
}
