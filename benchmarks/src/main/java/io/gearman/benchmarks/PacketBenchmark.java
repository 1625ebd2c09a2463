// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketDecoder;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Packets to bytes and back, a hundred at a time as they come in one read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PacketBenchmark {

  private static final int PACKETS = 100;

  /** Bytes of workload in each packet. */
  @Param({"16", "128", "4096"})
  public int workload;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new PacketDecoder(PacketDecoder.DEFAULT_MAX_PACKET_SIZE));
  private Packet packet = Packet.request(PacketType.GRAB_JOB);
  private ByteBuf encoded = PooledByteBufAllocator.DEFAULT.directBuffer();

  /** Makes the packet, and the bytes of a read. */
  @Setup
  public void encodeOnce() {
    packet =
        Packet.request(
            PacketType.SUBMIT_JOB,
            "function".getBytes(US_ASCII),
            "unique-0123456789".getBytes(US_ASCII),
            new byte[workload]);
    encode();
  }

  /** Packets to bytes. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public ByteBuf encode() {
    encoded.clear();
    for (int i = 0; i < PACKETS; i++) {
      packet.writeTo(encoded);
    }
    return encoded;
  }

  /** Bytes to packets. */
  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public void decode() {
    channel.writeInbound(encoded.retainedDuplicate());
    channel.inboundMessages().clear();
  }

  /** Frees the bytes. */
  @TearDown(Level.Trial)
  public void release() {
    channel.finishAndReleaseAll();
    encoded.release();
  }
}
