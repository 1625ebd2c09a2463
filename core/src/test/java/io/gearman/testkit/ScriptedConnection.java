// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerAddress;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket: keeps what a session writes, and tells the session what the test
 * says. It keeps the promises of {@link PacketConnection}, and fails a session that breaks its own:
 * that writes off the event loop.
 *
 * <p>Text is one byte per character.
 */
public final class ScriptedConnection implements PacketConnection {

  /** Largest packet that may be written. */
  public static final int MAX_PACKET_SIZE = 100_000;

  /** Where every such connection seems to lead. */
  public static final ServerAddress SERVER = new ServerAddress("scripted", 4730);

  private final EventExecutor executor;
  private final List<Packet> written = new ArrayList<>();
  private @Nullable PacketListener listener;
  private @Nullable Consumer<Packet> peer;
  private boolean writable = true;
  private boolean reading = true;
  private boolean blocked; // isWritable was false and onWritable is owed
  private volatile boolean disposed;
  private boolean closed;
  private @Nullable Throwable cause;

  /** A connection whose event loop is whichever thread comes along: everything happens at once. */
  public ScriptedConnection() {
    this(ImmediateEventExecutor.INSTANCE);
  }

  /** A connection with an event loop of its own, such as {@link HandDrivenLoop}. */
  public ScriptedConnection(EventExecutor executor) {
    this.executor = executor;
  }

  /** Puts a session on this connection. */
  public <L extends PacketListener> L open(Function<? super PacketConnection, L> session) {
    L opened = session.apply(this);
    listener = opened;
    return opened;
  }

  public static Packet request(PacketType type, String... arguments) {
    return Packet.request(type, bytes(arguments));
  }

  public static Packet response(PacketType type, String... arguments) {
    return Packet.response(type, bytes(arguments));
  }

  private static byte[][] bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(ISO_8859_1)).toArray(byte[][]::new);
  }

  // ---- what the test says and sees

  /** What was written since the last call. */
  public List<Packet> written() {
    List<Packet> taken = List.copyOf(written);
    written.clear();
    return taken;
  }

  /**
   * Tells a peer of each packet that is written, in a task of its own on the event loop, where it
   * may answer.
   */
  public ScriptedConnection answeredBy(Consumer<Packet> peer) {
    this.peer = peer;
    return this;
  }

  /** A response arrives. */
  public void receive(PacketType type, String... arguments) {
    receive(response(type, arguments));
  }

  /** Packets arrive, one after the other. */
  public void receive(Packet... packets) {
    onLoop(() -> Stream.of(packets).forEach(this::deliver));
  }

  private void deliver(Packet packet) {
    if (closed || disposed) {
      return;
    }
    try {
      listener().onPacket(packet);
    } catch (RuntimeException | Error e) {
      lose(e);
    }
  }

  /** Whether the socket takes data from now on. */
  public void writable(boolean writable) {
    onLoop(
        () -> {
          this.writable = writable;
          if (writable && blocked && !closed) {
            blocked = false;
            listener().onWritable();
          }
        });
  }

  /** Whether the session reads, as it last said. */
  public boolean isReading() {
    return reading;
  }

  /** The connection is lost, or closed if there is no cause. */
  public void close(@Nullable Throwable cause) {
    onLoop(() -> lose(cause));
  }

  private void lose(@Nullable Throwable cause) {
    if (!closed) {
      closed = true;
      disposed = true;
      this.cause = cause;
      listener().onClosed(cause);
    }
  }

  /** What closed the connection, such as an exception of the session's; null if nothing did. */
  public @Nullable Throwable cause() {
    return cause;
  }

  private void onLoop(Runnable task) {
    if (executor.inEventLoop()) {
      task.run();
    } else {
      executor.execute(task);
    }
  }

  private PacketListener listener() {
    if (listener == null) {
      throw new IllegalStateException("Nobody has opened this connection");
    }
    return listener;
  }

  // ---- what the session uses

  @Override
  public void write(Packet packet) {
    requireLoop("write");
    Consumer<Packet> answering = peer;
    if (!closed) {
      written.add(packet);
      if (answering != null) {
        executor.execute(() -> answering.accept(packet));
      }
    }
  }

  @Override
  public boolean isWritable() {
    requireLoop("isWritable");
    blocked |= !writable;
    return writable;
  }

  @Override
  public void setReading(boolean reading) {
    requireLoop("setReading");
    this.reading = reading;
  }

  private void requireLoop(String method) {
    if (!executor.inEventLoop()) {
      throw new AssertionError(
          method + " was called off the event loop, on " + Thread.currentThread().getName());
    }
  }

  @Override
  public EventExecutor executor() {
    return executor;
  }

  @Override
  public int maxPacketSize() {
    return MAX_PACKET_SIZE;
  }

  @Override
  public ServerAddress server() {
    return SERVER;
  }

  @Override
  public void dispose() {
    disposed = true;
    executor.execute(() -> lose(null));
  }

  @Override
  public boolean isDisposed() {
    return disposed;
  }

  /** An event loop that stands still until the test runs it, on the test's own thread. */
  public static final class HandDrivenLoop extends AbstractEventExecutor {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread runner;

    /** Runs the tasks that wait and those that they add. */
    public void run() {
      runner = Thread.currentThread();
      try {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
      } finally {
        runner = null;
      }
    }

    /** Runs a task behind those that wait. */
    public void run(Runnable task) {
      execute(task);
      run();
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return thread == runner;
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> terminationFuture() {
      throw new UnsupportedOperationException();
    }

    @Deprecated
    @Override
    public void shutdown() {
      throw new UnsupportedOperationException();
    }
  }
}
