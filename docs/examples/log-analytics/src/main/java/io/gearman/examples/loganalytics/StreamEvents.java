// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.util.Objects;
import org.springframework.http.codec.ServerSentEvent;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** The server-sent events of an analysis. Their data is JSON already, made off the event loop. */
final class StreamEvents {

  // Bound to their types here, once: a mapper takes a lock where it meets a type for the first
  // time.
  private static final ObjectWriter PROGRESS = JsonMapper.shared().writerFor(Progress.class);
  private static final ObjectWriter FLOW = JsonMapper.shared().writerFor(Flow.class);
  private static final ObjectWriter READY = JsonMapper.shared().writerFor(Ready.class);
  private static final ObjectWriter REPORT = JsonMapper.shared().writerFor(Report.class);
  private static final ObjectWriter PROBLEM = JsonMapper.shared().writerFor(Problem.class);

  private record Problem(int status, String title, String detail) {}

  private StreamEvents() {}

  static ServerSentEvent<String> progress(Totals totals) {
    return event("progress", PROGRESS, totals.progress());
  }

  static ServerSentEvent<String> ready(Ready ready) {
    return event("ready", READY, ready);
  }

  static ServerSentEvent<String> flow(Flow flow) {
    return event("flow", FLOW, flow);
  }

  static ServerSentEvent<String> partial(Totals totals) {
    return event("partial", REPORT, totals.report());
  }

  static ServerSentEvent<String> result(Totals totals) {
    return event("result", REPORT, totals.report());
  }

  static ServerSentEvent<String> error(AnalysisException error) {
    var body = error.getBody();
    return event(
        "error",
        PROBLEM,
        new Problem(
            body.getStatus(),
            Objects.requireNonNullElse(body.getTitle(), ""),
            Objects.requireNonNullElse(body.getDetail(), "")));
  }

  private static ServerSentEvent<String> event(String name, ObjectWriter writer, Object data) {
    return ServerSentEvent.builder(writer.writeValueAsString(data)).event(name).build();
  }
}
