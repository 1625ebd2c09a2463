// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** A server-sent event as a reader sees it. */
record StreamEvent(String name, String data) {

  // Made once, as in the application: what a mapper makes at first use it makes under a lock, and
  // events are read on event loops.
  private static final ObjectReader REPORT = JsonMapper.shared().readerFor(Report.class);
  private static final ObjectReader PROGRESS = JsonMapper.shared().readerFor(Progress.class);
  private static final ObjectReader FLOW = JsonMapper.shared().readerFor(Flow.class);
  private static final ObjectReader TREE = JsonMapper.shared().readerFor(JsonNode.class);

  /** All events of a stream that has ended. */
  static List<StreamEvent> parse(String stream) {
    return Stream.of(stream.split("\n\n", -1))
        .filter(block -> !block.isEmpty())
        .map(StreamEvent::event)
        .toList();
  }

  private static StreamEvent event(String block) {
    String[] lines = block.split("\n", -1);
    assertThat(lines).hasSize(2);
    assertThat(lines[0]).startsWith("event:");
    assertThat(lines[1]).startsWith("data:");
    return new StreamEvent(
        lines[0].substring("event:".length()), lines[1].substring("data:".length()));
  }

  Report asReport(String expectedName) {
    assertThat(name).isEqualTo(expectedName);
    return REPORT.readValue(data);
  }

  Progress asProgress() {
    assertThat(name).isEqualTo("progress");
    return PROGRESS.readValue(data);
  }

  Flow asFlow() {
    assertThat(name).isEqualTo("flow");
    return FLOW.readValue(data);
  }

  JsonNode json() {
    return TREE.readTree(data);
  }
}
