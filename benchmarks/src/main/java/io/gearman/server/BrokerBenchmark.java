// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Jobs through the broker, from SUBMIT_JOB over GRAB_JOB to WORK_COMPLETE, a hundred of each in a
 * read, without sockets.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BrokerBenchmark {

  private static final int JOBS = 100;
  private static final byte[] FUNCTION = "function".getBytes(US_ASCII);
  private static final byte[] WORKLOAD = new byte[128];

  /** Jobs of another function that wait. */
  @Param({"0", "100000"})
  public int queued;

  private final Kept toClient = new Kept();
  private final Kept toWorker = new Kept();
  private final Broker broker =
      new Broker(new ServerSettings(), new Handles("H:bench", 1), new RealClock(), new Endless());
  private final Peer client = broker.connect(toClient, Permissions.ALL);
  private final Peer worker = broker.connect(toWorker, Permissions.ALL);
  private final List<Object> foreground = new ArrayList<>();
  private final List<Object> background = new ArrayList<>();
  private final List<Object> grabs = new ArrayList<>();
  private long submitted;

  /** Has a worker, and jobs that wait. */
  @Setup
  public void start() {
    broker.receive(worker, List.of(Packet.request(PacketType.CAN_DO, FUNCTION)));
    for (int i = 0; i < JOBS; i++) {
      foreground.add(submission(PacketType.SUBMIT_JOB, "function"));
      background.add(submission(PacketType.SUBMIT_JOB_BG, "function"));
      grabs.add(Packet.request(PacketType.GRAB_JOB));
    }
    for (int i = 0; i < queued; i++) {
      broker.receive(client, List.of(submission(PacketType.SUBMIT_JOB_BG, "other")));
    }
    toClient.packets.clear();
  }

  private Packet submission(PacketType type, String function) {
    byte[] unique = Long.toHexString(0x1000_0000_0000L + submitted++).getBytes(US_ASCII);
    return Packet.request(type, function.getBytes(US_ASCII), unique, WORKLOAD);
  }

  /** A job that a client waits for. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public int foreground() {
    return run(foreground);
  }

  /** A job that nobody waits for. */
  @Benchmark
  @OperationsPerInvocation(JOBS)
  public int background() {
    return run(background);
  }

  /** Of what the connections send, results alone are made meanwhile: they name the handles. */
  private int run(List<Object> submissions) {
    broker.receive(client, submissions);
    broker.receive(worker, grabs);
    List<Object> results = new ArrayList<>(JOBS);
    for (Packet assigned : toWorker.packets) {
      results.add(Packet.request(PacketType.WORK_COMPLETE, assigned.argument(0), WORKLOAD));
    }
    broker.receive(worker, results);
    int sent = toClient.packets.size() + toWorker.packets.size();
    toClient.packets.clear();
    toWorker.packets.clear();
    return sent;
  }

  /** A connection that takes everything. */
  private static final class Kept implements Outlet {

    private final List<Packet> packets = new ArrayList<>();

    @Override
    public void write(Packet packet) {
      packets.add(packet);
    }

    @Override
    public void write(byte[] text) {}

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void setReading(boolean reading) {}

    @Override
    public void close(Departure reason) {
      throw new IllegalStateException("Closed: " + reason);
    }

    @Override
    public void finish() {}

    @Override
    public String remoteAddress() {
      return "127.0.0.1";
    }
  }

  /** The time, in which nothing ever becomes due. */
  private static final class RealClock implements Clock {

    @Override
    public Disposable schedule(Duration delay, Runnable task) {
      return Disposables.single();
    }

    @Override
    public long millis() {
      return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }
  }

  private static final class Endless implements Lifecycle {

    @Override
    public void shutDown() {}

    @Override
    public void shutDownGracefully() {}
  }
}
