// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks;

import io.gearman.client.GearmanClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whole jobs of 128 bytes through client, server and worker, which share one process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class JobBenchmark {

  private static final int JOBS = 10_000;
  private static final int CHUNKS = 100_000;
  private static final int CHUNK_SIZE = 64;
  private static final byte[] WORKLOAD = new byte[128];

  private final Disposable.Composite opened = Disposables.composite();
  private ServerAddress address = new ServerAddress("127.0.0.1", ServerAddress.DEFAULT_PORT);
  private GearmanClient client = GearmanClient.builder(address).build();

  /** Starts all three. */
  @Setup
  public void start() {
    var server = JobServer.create().port(0).bind().blockOptional().orElseThrow();
    address = new ServerAddress("127.0.0.1", server.port());
    client = GearmanClient.builder(address).build();
    GearmanWorker worker =
        GearmanWorker.builder(address)
            .function("echo", JobFunction.ofMono(job -> Mono.just(job.workload())))
            .function(
                "chunks",
                JobFunction.ofFlux(job -> Flux.range(0, CHUNKS).map(i -> new byte[CHUNK_SIZE])))
            .concurrency(512)
            .build();
    opened.addAll(List.of(server, client, worker.run().subscribe()));
  }

  /** One job after the other. */
  @Benchmark
  public byte[] oneAtATime() {
    return client.call("echo", WORKLOAD).blockOptional().orElseThrow();
  }

  /** A hundred jobs in flight. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public long aHundredInFlight() {
    return Flux.range(0, JOBS)
        .flatMap(i -> client.call("echo", WORKLOAD), 100)
        .count()
        .blockOptional()
        .orElseThrow();
  }

  /** The chunks of one streaming job. */
  @Benchmark
  @OperationsPerInvocation(CHUNKS)
  public long streamedChunks() {
    return client.stream("chunks", WORKLOAD).count().blockOptional().orElseThrow();
  }

  /** Stops all three. */
  @TearDown
  public void stop() {
    opened.dispose();
  }
}
