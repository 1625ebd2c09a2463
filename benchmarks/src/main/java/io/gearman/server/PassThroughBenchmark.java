// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A result of 1 MB that the server hears in many reads and passes on without copying it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PassThroughBenchmark {

  private static final int SIZE = 1_000_000;
  private static final int READ = 64 << 10;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ServerDecoder(
              PacketDecoder.DEFAULT_MAX_PACKET_SIZE,
              new PartialPackets(PacketDecoder.DEFAULT_MAX_PACKET_SIZE)));
  private final ByteBuf encoded = PooledByteBufAllocator.DEFAULT.directBuffer();

  /** Makes the bytes of the packet. */
  @Setup
  public void encode() {
    Packet.request(PacketType.WORK_COMPLETE, "H:bench:1".getBytes(US_ASCII), new byte[SIZE])
        .writeTo(encoded);
  }

  /** Bytes to a packet, which is released. */
  @Benchmark
  public void decode() {
    for (int from = encoded.readerIndex(); from < encoded.writerIndex(); from += READ) {
      int size = Math.min(READ, encoded.writerIndex() - from);
      channel.writeInbound(encoded.retainedSlice(from, size));
    }
    Packet packet = channel.readInbound();
    packet.release();
  }

  /** Frees the bytes. */
  @TearDown(Level.Trial)
  public void release() {
    channel.finishAndReleaseAll();
    encoded.release();
  }
}
