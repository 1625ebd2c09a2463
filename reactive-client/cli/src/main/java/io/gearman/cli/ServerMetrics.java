// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import io.gearman.server.metrics.JobServerMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@code /metrics} shows: the server, and the process that it is. */
final class ServerMetrics {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JobServerMetrics jobs = JobServerMetrics.builder(registry).build();

  ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /** A server that is measured. */
  JobServer of(JobServer server) {
    return server.observer(jobs);
  }

  /** A listener that shows what was measured, with gauges of the moment. */
  HttpListener shownBy(HttpListener listener, JobServer.Bound server) {
    jobs.bindTo(server);
    return listener.metrics(
        jobs.refresh()
            .publishOn(Schedulers.parallel()) // not on the event loop that jobs wait for
            .then(Mono.fromCallable(registry::scrape)));
  }
}
