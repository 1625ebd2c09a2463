// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.server.JobServer;
import io.gearman.server.metrics.JobServerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The program that docs/operations/metrics.md shows. */
final class ServerWithMetrics {

  private ServerWithMetrics() {}

  public static void main(String[] args) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = JobServerMetrics.builder(registry).build();
    var server =
        JobServer.create().port(0).observer(metrics).bind().doOnNext(metrics::bindTo).block();

    metrics.refresh().block(); // by itself it does so every second
    registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("gearman_connections "))
        .forEach(System.out::println); // gearman_connections 0.0

    server.disposeNow(); // takes its meters out of the registry
  }
}
