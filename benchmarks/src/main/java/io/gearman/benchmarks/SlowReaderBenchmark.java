// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks;

import io.gearman.client.GearmanClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The time that one job takes beside streams of which a reader takes one part per second, on the
 * same connections of client and worker.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SlowReaderBenchmark {

  private static final byte[] WORKLOAD = new byte[128];

  /** How many slow readers there are. */
  @Param({"0", "1", "16"})
  public int slowReaders;

  private final Disposable.Composite opened = Disposables.composite();
  private GearmanClient client =
      GearmanClient.builder(new ServerAddress("127.0.0.1", ServerAddress.DEFAULT_PORT)).build();

  /** Starts all. */
  @Setup
  public void start() {
    var server = JobServer.create().port(0).bind().blockOptional().orElseThrow();
    ServerAddress address = new ServerAddress("127.0.0.1", server.port());
    client = GearmanClient.builder(address).build();
    GearmanWorker worker =
        GearmanWorker.builder(address)
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .function(
                "endless",
                JobFunction.ofFlux(job -> Flux.generate(sink -> sink.next(new byte[1_000]))))
            .concurrency(32)
            .build();
    opened.addAll(List.of(server, client, worker.run().subscribe()));
    for (int i = 0; i < slowReaders; i++) {
      opened.add(readSlowly());
    }
  }

  private Disposable readSlowly() {
    return client.stream("endless", WORKLOAD)
        .concatMap(part -> Mono.delay(Duration.ofSeconds(1)), 0)
        .subscribe();
  }

  /** One job after the other. */
  @Benchmark
  public byte[] oneJobBesideThem() {
    return client.call("echo", WORKLOAD).blockOptional().orElseThrow();
  }

  /** Stops all. */
  @TearDown
  public void stop() {
    opened.dispose();
  }
}
