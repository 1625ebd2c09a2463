// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.server.JobServer;
import io.gearman.server.metrics.JobServerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * A job server in a process of its own. It prints its port, answers each line of input with the
 * heap that is in use, in bytes, and ends with its input.
 */
final class ScaleServer {

  /** An argument: the server has metrics. */
  static final String METRICS = "metrics";

  private ScaleServer() {}

  @SuppressWarnings("SystemOut") // which is how the parent hears
  public static void main(String[] args) throws IOException {
    JobServer settings =
        JobServer.create()
            .port(0)
            .maxConnections(Integer.MAX_VALUE)
            .maxQueuedBytes(Long.MAX_VALUE)
            .maxFunctions(Integer.MAX_VALUE);
    var server =
        (List.of(args).contains(METRICS) ? bindMeasured(settings) : settings.bind())
            .blockOptional()
            .orElseThrow();
    System.out.println(server.port());
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    while (input.readLine() != null) {
      System.out.println(usedHeap());
    }
    server.disposeNow();
  }

  private static Mono<JobServer.Bound> bindMeasured(JobServer settings) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = JobServerMetrics.builder(registry).build();
    return settings.observer(metrics).bind().doOnNext(metrics::bindTo);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    System.gc(); // what the first has left to reference handlers
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
