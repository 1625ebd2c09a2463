// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.Priority;
import io.gearman.server.Departure;
import io.gearman.server.JobServer;
import io.gearman.server.Outcome;
import io.gearman.server.ServerSnapshot;
import io.gearman.server.ServerSnapshot.Function;
import io.gearman.server.ServerSnapshot.Queue;
import io.gearman.server.ServerSnapshot.Standstill;
import io.gearman.server.ServerSnapshot.Worker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** A job server that looks as a test says, and is as it is. */
final class FakeServer {

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  private FakeServer() {}

  /** A server whose snapshots come from somewhere else. */
  static JobServer.Bound showing(JobServer.Bound server, Supplier<Mono<ServerSnapshot>> snapshot) {
    return (JobServer.Bound)
        Proxy.newProxyInstance(
            FakeServer.class.getClassLoader(),
            new Class<?>[] {JobServer.Bound.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("snapshot")) {
                return snapshot.get();
              }
              try {
                return method.invoke(server, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  static ServerSnapshot snapshot(
      boolean draining,
      List<Function> functions,
      List<Worker> workers,
      List<Standstill> standstills) {
    return new ServerSnapshot(
        Instant.now(),
        STARTED,
        draining,
        5 << 20,
        workers.size() + 3,
        12_345_678,
        987_654_321,
        Map.<Departure, Long>of(),
        functions,
        workers,
        standstills);
  }

  static Function function(String name, int waiting, int running, int workers, long ended) {
    return new Function(
        name,
        Map.of(
            Priority.HIGH, new Queue(waiting / 10, Duration.ofMillis(waiting)),
            Priority.NORMAL,
                new Queue(waiting - waiting / 10 - waiting / 5, Duration.ofMillis(waiting * 7L)),
            Priority.LOW, new Queue(waiting / 5, Duration.ofMillis(waiting * 90L))),
        waiting / 50,
        running,
        workers,
        Math.min(running, workers),
        ended + waiting + running,
        0,
        0,
        Map.of(Outcome.COMPLETED, ended - ended / 500, Outcome.FAILED, ended / 500));
  }

  static Worker worker(long connection, String clientId, int running, Duration silence) {
    return new Worker(
        connection,
        "10.0.%d.%d:%d".formatted(connection / 250, connection % 250, 40_000 + connection),
        clientId,
        3,
        running,
        silence);
  }
}
