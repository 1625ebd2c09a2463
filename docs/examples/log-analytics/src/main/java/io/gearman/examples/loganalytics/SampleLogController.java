// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** {@code GET /sample.log}: something to try the demo with. */
@RestController
final class SampleLogController {

  private static final int MAX_LINES = 100_000;
  private static final int LINES_AT_ONCE = 100;

  @GetMapping(path = "/sample.log", produces = MediaType.TEXT_PLAIN_VALUE)
  Flux<String> sample(@RequestParam(defaultValue = "1000") int lines) {
    if (lines < 1 || lines > MAX_LINES) {
      throw AnalysisException.sampleOutOfRange(lines, MAX_LINES);
    }
    return SampleLog.lines(lines)
        .buffer(LINES_AT_ONCE)
        .map(batch -> String.join("", batch))
        .subscribeOn(Schedulers.parallel());
  }
}
