// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of an access log in Apache's common format, {@code client ident user [time] "request"
 * status size}, or in the combined one, which goes on with the referrer and the user agent. What
 * follows the size is not looked at: formats that go on otherwise are welcome, and so are lines
 * that their server cut short.
 *
 * @param client address or name of the client
 * @param path the target of the request as it stands in the log, escapes and all, without its query
 *     string; null if the request is none, such as {@code "-"} for a connection that sent nothing
 * @param status three digits
 * @param size bytes of the response, 0 for {@code -}
 */
record LogLine(String client, @Nullable String path, int status, long size) {

  private static final Pattern TIME =
      Pattern.compile("\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
  private static final int TIME_LENGTH = "17/May/2015:10:05:03 +0000".length();
  private static final Pattern STATUS = Pattern.compile("[1-9]\\d\\d");
  private static final Pattern SIZE = Pattern.compile("-|\\d{1,15}");

  /** Reads a line without its line end; null if it is malformed. */
  static @Nullable LogLine parse(String line) {
    int client = line.indexOf(' ');
    int ident = line.indexOf(' ', client + 1);
    int user = line.indexOf(" [", ident + 1);
    if (client < 1 || ident <= client + 1 || user <= ident + 1) {
      return null;
    }
    int time = user + " [".length();
    int timeEnd = time + TIME_LENGTH;
    if (!line.startsWith("] \"", timeEnd) || !matches(TIME, line, time, timeEnd)) {
      return null;
    }
    int request = timeEnd + "] \"".length();
    int requestEnd = closingQuote(line, request);
    return requestEnd < 0
        ? null
        : withResponse(
            line.substring(0, client), line.substring(request, requestEnd), line, requestEnd + 1);
  }

  /** Reads {@code status size}, each with a space before it, from the given place on. */
  private static @Nullable LogLine withResponse(
      String client, String request, String line, int from) {
    int status = from + 1;
    int size = status + 4;
    if (!line.startsWith(" ", from)
        || !line.startsWith(" ", size - 1)
        || !matches(STATUS, line, status, size - 1)) {
      return null;
    }
    int space = line.indexOf(' ', size);
    int sizeEnd = space < 0 ? line.length() : space;
    if (!matches(SIZE, line, size, sizeEnd)) {
      return null;
    }
    String bytes = line.substring(size, sizeEnd);
    return new LogLine(
        client,
        path(request),
        Integer.parseInt(line, status, size - 1, 10),
        bytes.equals("-") ? 0 : Long.parseLong(bytes));
  }

  /** The end of a quoted field: within it, quotes and backslashes are escaped by a backslash. */
  private static int closingQuote(String line, int from) {
    boolean escaped = false;
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && !escaped) {
        return i;
      }
      escaped = c == '\\' && !escaped;
    }
    return -1;
  }

  /** The target of {@code METHOD target HTTP/version}; HTTP/0.9 has no version. */
  private static @Nullable String path(String request) {
    int method = request.indexOf(' ');
    int version = request.lastIndexOf(" HTTP/");
    if (method < 1) {
      return null;
    }
    String target = request.substring(method + 1, version > method ? version : request.length());
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return path.isEmpty() ? null : path;
  }

  private static boolean matches(Pattern pattern, String line, int from, int to) {
    return to <= line.length() && pattern.matcher(line).region(from, to).matches();
  }
}
