// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.util.Objects.requireNonNull;

import io.gearman.client.GearmanClient;
import io.gearman.client.ServerSelection;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.netty.DisposableServer;

/** Server, client and worker in one process; the server only where none was named. */
@Configuration(proxyBeanMethods = false)
class GearmanConfiguration {

  private static final Logger log = LoggerFactory.getLogger(GearmanConfiguration.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** The servers in use and how to stop them. */
  record UsedServers(List<ServerAddress> addresses, Runnable stop) implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  @Bean
  UsedServers gearmanServers(GearmanProperties properties) {
    List<ServerAddress> named = properties.addresses();
    if (!named.isEmpty()) {
      return new UsedServers(named, () -> {});
    }
    DisposableServer embedded =
        requireNonNull(JobServer.create().host(LOOPBACK).port(0).bind().block());
    return new UsedServers(
        List.of(new ServerAddress(LOOPBACK, embedded.port())), embedded::disposeNow);
  }

  /**
   * All servers take their share. Where one cannot hold up workers, each block that a page reads
   * has a connection.
   */
  @Bean(destroyMethod = "dispose")
  GearmanClient gearmanClient(
      UsedServers servers, GearmanProperties gearman, AnalysisProperties analysis) {
    return GearmanClient.builder(servers.addresses())
        .selection(ServerSelection.ROUND_ROBIN)
        .connectLimit(gearman.connectLimit())
        .window(gearman.window())
        .streamConnections(analysis.maxOpen() * analysis.blocksInFlight())
        .build();
  }

  /** The worker runs as long as the application does, and connects again by itself. */
  @Bean(destroyMethod = "dispose")
  Disposable countingWorker(
      UsedServers servers, GearmanProperties gearman, AnalysisProperties analysis) {
    return GearmanWorker.builder(servers.addresses())
        .function(CountLines.NAME, new CountLines(analysis.linesPerPartial()))
        .concurrency(gearman.worker().concurrency())
        .clientId("log-analytics")
        .build()
        .run()
        .subscribe(nothing -> {}, error -> log.error("The worker ended", error));
  }
}
