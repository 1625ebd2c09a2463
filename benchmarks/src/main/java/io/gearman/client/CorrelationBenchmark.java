// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.benchmarks.Nowhere;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * What a client does for a job besides bytes: it submits, hears the handle, and finds who waits for
 * the result; a hundred jobs in flight, without a socket.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CorrelationBenchmark {

  private static final int JOBS = 100;
  private static final Duration LONG = Duration.ofHours(1);
  private static final ClientSettings SETTINGS =
      new ClientSettings(
          ConnectionSettings.defaults(),
          "",
          "",
          ServerSelection.FIRST_AVAILABLE,
          LONG,
          LONG,
          LONG,
          JOBS,
          1 << 20,
          128,
          0);

  private final JobRequest request = JobRequest.of("function", new byte[128]);
  private final byte[] result = new byte[128];
  private final ClientSession session =
      ClientSession.shared(new Nowhere(), SETTINGS, handle -> Mono.empty());
  private long submitted;
  private long received;

  /** The result of a job, joined as by {@code call}. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public long call() {
    byte[][] handles = new byte[JOBS][];
    for (int i = 0; i < JOBS; i++) {
      handles[i] = ("H:benchmark:1:" + ++submitted).getBytes(US_ASCII);
      JoinedResult.of(session.run(request), Function.identity())
          .subscribe(bytes -> received += bytes.length);
    }
    for (byte[] handle : handles) {
      session.onPacket(Packet.response(PacketType.JOB_CREATED, handle));
    }
    for (byte[] handle : handles) {
      session.onPacket(Packet.response(PacketType.WORK_COMPLETE, handle, result));
    }
    if (received != submitted * result.length) {
      throw new IllegalStateException(received + " bytes of " + submitted + " jobs");
    }
    return received;
  }
}
