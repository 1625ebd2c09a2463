// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.benchmarks.Nowhere;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
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
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a worker does for a job besides bytes and besides the function: it hears of the job, runs
 * the function, sends what comes of it, and asks for the next job; without a socket.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SessionBenchmark {

  private static final int CHUNKS = 10_000;
  private static final byte[] NONE = {};
  private static final byte[] RESULT = "result".getBytes(US_ASCII);
  private static final byte[] CALL = "call".getBytes(US_ASCII);
  private static final byte[] LATER = "later".getBytes(US_ASCII);
  private static final byte[] STREAM = "stream".getBytes(US_ASCII);

  private final Nowhere connection = new Nowhere();
  private final Lane lane =
      new Lane(new Slots(512), 512)
          .add(function("call", JobFunction.ofMono(job -> Mono.just(RESULT))))
          .add(
              function(
                  "later",
                  JobFunction.ofMono(job -> Mono.just(RESULT).hide().map(result -> result))))
          .add(
              function(
                  "stream", JobFunction.ofFlux(job -> Flux.range(0, CHUNKS).map(i -> RESULT))));
  private final WorkerSession session = new WorkerSession(connection, lane);
  private long jobs;

  private static WorkerFunction function(String name, JobFunction code) {
    return new WorkerFunction(name, code, Duration.ZERO, false);
  }

  /** Agrees on the flow extension, after which grabs are kept. */
  @Setup
  public void begin() {
    session.onPacket(Packet.response(PacketType.OPTION_RES, "flow".getBytes(US_ASCII)));
  }

  /** A result that is there. */
  @Benchmark
  public long call() {
    assign(CALL);
    return connection.written();
  }

  /** A result that comes through operators. */
  @Benchmark
  public long later() {
    assign(LATER);
    return connection.written();
  }

  /** A chunk of many, as the listeners allow them. */
  @Benchmark
  @OperationsPerInvocation(CHUNKS)
  public long chunk() {
    byte[] handle = assign(STREAM);
    byte[] window = Integer.toString(128).getBytes(US_ASCII);
    for (int sent = 0; sent < CHUNKS; sent += 128) {
      session.onPacket(Packet.response(PacketType.WORK_DEMAND, handle, window));
    }
    return connection.written();
  }

  private byte[] assign(byte[] function) {
    byte[] handle = ("H:benchmark:1:" + ++jobs).getBytes(US_ASCII);
    session.onPacket(
        Packet.response(PacketType.JOB_ASSIGN_ALL, handle, function, NONE, NONE, NONE));
    return handle;
  }
}
