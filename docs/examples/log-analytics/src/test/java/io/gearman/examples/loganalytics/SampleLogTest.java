// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SampleLogTest {

  private final List<String> lines = SampleLog.lines(5_000).collectList().block();

  @Test
  void isTheSameEachTime() {
    assertThat(SampleLog.lines(5_000).collectList().block()).isEqualTo(lines);
  }

  @Test
  void aShortOneIsTheBeginningOfALongOne() {
    assertThat(SampleLog.lines(10).collectList().block()).isEqualTo(lines.subList(0, 10));
  }

  @Test
  void oneLineIn500IsDamaged() {
    assertThat(lines).allMatch(line -> line.endsWith("\n"));
    assertThat(parsed()).hasSize(4_990);
  }

  @Test
  void hasWhatMakesRealLogsHardToRead() {
    assertThat(parsed())
        .anyMatch(line -> line.client().contains("::"))
        .anyMatch(line -> line.path() == null && line.status() == 408)
        .anyMatch(line -> line.status() == 304 && line.size() == 0)
        .anyMatch(line -> "/search".equals(line.path()));
    assertThat(lines).anyMatch(line -> line.contains("\\\"quoted\\\""));
  }

  private List<LogLine> parsed() {
    return lines.stream()
        .map(String::stripTrailing)
        .map(LogLine::parse)
        .filter(Objects::nonNull)
        .toList();
  }
}
