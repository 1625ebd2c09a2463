// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

  private static final String TIME = "[17/May/2015:10:05:03 +0000]";

  @Test
  void combinedLine() {
    assertThat(
            LogLine.parse(
                "83.149.9.216 - - "
                    + TIME
                    + " \"GET /images/a.png HTTP/1.1\" 200 203023 \"http://example.org/\" \"Mozilla\""))
        .isEqualTo(new LogLine("83.149.9.216", "/images/a.png", 200, 203_023));
  }

  @Test
  void commonLine() {
    assertThat(LogLine.parse("host.example.org ident frank " + TIME + " \"GET / HTTP/1.0\" 404 7"))
        .isEqualTo(new LogLine("host.example.org", "/", 404, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2001:db8::1", "::1", "fe80::1%eth0", "[2001:db8::1]"})
  void ipv6Client(String client) {
    assertThat(LogLine.parse(client + " - - " + TIME + " \"GET / HTTP/1.1\" 200 1"))
        .isEqualTo(new LogLine(client, "/", 200, 1));
  }

  @Test
  void missingSizeCountsAsNone() {
    assertThat(LogLine.parse("c - - " + TIME + " \"GET / HTTP/1.1\" 304 - \"-\" \"-\""))
        .isEqualTo(new LogLine("c", "/", 304, 0));
  }

  @Test
  void userMayHaveSpaces() {
    assertThat(LogLine.parse("c - Frank N. Stein " + TIME + " \"GET / HTTP/1.1\" 200 1"))
        .isEqualTo(new LogLine("c", "/", 200, 1));
  }

  @Test
  void escapedQuotesInRequestAndUserAgent() {
    assertThat(
            LogLine.parse(
                "c - - "
                    + TIME
                    + " \"GET /a\\\"b\\\\ HTTP/1.1\" 200 1 \"-\" \"an \\\"agent\\\" 500 9\""))
        .isEqualTo(new LogLine("c", "/a\\\"b\\\\", 200, 1));
  }

  @Test
  void lineThatItsServerCutShort() {
    assertThat(LogLine.parse("c - - " + TIME + " \"GET / HTTP/1.1\" 200 1 \"-\" \"Mozilla (compat"))
        .isEqualTo(new LogLine("c", "/", 200, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "GET /search?q=a?b HTTP/1.1, /search",
    "GET /a b HTTP/1.1, /a b",
    "GET /old, /old",
    "OPTIONS * HTTP/1.1, *",
    "GET http://example.org/x?y HTTP/1.1, http://example.org/x",
    "GET /%7Efrank/#top HTTP/1.1, /%7Efrank/#top",
  })
  void pathIsTheTargetWithoutItsQuery(String request, String path) {
    assertThat(LogLine.parse("c - - " + TIME + " \"" + request + "\" 200 1"))
        .isEqualTo(new LogLine("c", path, 200, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "", "\\x16\\x03\\x01", "GET ", "GET ?a=b HTTP/1.1", "GET  HTTP/1.1"})
  void requestWithoutTargetHasNoPath(String request) {
    assertThat(LogLine.parse("c - - " + TIME + " \"" + request + "\" 408 -"))
        .isEqualTo(new LogLine("c", null, 408, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "no log line at all",
        "{\"json\": true}",
        " - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
        "c - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
        "c - - 17/May/2015:10:05:03 +0000 \"GET / HTTP/1.1\" 200 1",
        "c - - [yesterday] \"GET / HTTP/1.1\" 200 1",
        "c - - [17/May/2015:10:05:03 +0000",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\\\" 200 1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\"",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" ",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 ",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 20 1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 2000 1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 099 1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 -1",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1x",
        "c - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1234567890123456",
      })
  void malformedLine(String line) {
    assertThat(LogLine.parse(line)).isNull();
  }

  /** Whatever a line is cut to, it is read or refused, never a reason to fail. */
  @Test
  void everyPrefixOfALine() {
    String line =
        "c - - " + TIME + " \"GET /a\\\"b HTTP/1.1\" 200 1234 \"http://example.org/\" \"M\\\\\"";
    int sizeStart = line.indexOf("1234");

    for (int end = 0; end <= line.length(); end++) {
      assertThat(LogLine.parse(line.substring(0, end)) != null)
          .as(line.substring(0, end))
          .isEqualTo(end > sizeStart);
    }
  }
}
