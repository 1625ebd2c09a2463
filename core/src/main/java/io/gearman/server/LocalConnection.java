// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.protocol.Packet;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.ServerAddress;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection from within the process: packets are passed on as they are. To the broker it is one
 * like any other, with bounds of its own. Confined to the broker's event loop, on which both sides
 * work in turns: neither is called while it calls.
 */
final class LocalConnection implements PacketConnection {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);
  private static final int HIGH_WATER = 64 << 10; // bytes, as for a Netty channel by default

  private final EventLoop loop;
  private final Broker broker;
  private final ServerAddress server;
  private final ServerSettings settings;
  private final Outlet outlet;
  private @Nullable PacketListener listener; // set before there is a peer
  private @Nullable Peer peer;
  private volatile boolean gone; // read from any thread

  // to the broker
  private List<Object> asked = new ArrayList<>();
  private boolean asking; // a batch is scheduled
  private boolean heard = true; // by the broker
  private boolean blocked; // isWritable was false and onWritable is owed

  // to the listener
  private final Queue<Packet> answers = new ArrayDeque<>();
  private long answerBytes;
  private boolean answering;
  private boolean reading = true;
  private boolean finishing;

  private LocalConnection(
      EventLoop loop,
      Broker broker,
      ServerAddress server,
      ServerSettings settings,
      String address) {
    this.loop = loop;
    this.broker = broker;
    this.server = server;
    this.settings = settings;
    this.outlet = new End(address);
  }

  /** On the broker's event loop. */
  static <L extends PacketListener> L open(
      EventLoop loop,
      Broker broker,
      ServerAddress server,
      ServerSettings settings,
      String address,
      Function<PacketConnection, L> listener) {
    LocalConnection connection = new LocalConnection(loop, broker, server, settings, address);
    L made = listener.apply(connection);
    connection.listener = made;
    connection.peer = broker.connect(connection.outlet, Permissions.ALL);
    connection.ask(); // the listener may have written already
    return made;
  }

  // ---- the listener's side

  @Override
  public void write(Packet packet) {
    if (!gone) {
      asked.add(packet);
      if (!asking) {
        asking = true;
        loop.execute(this::ask);
      }
    }
  }

  private void ask() {
    asking = false;
    Peer asker = peer;
    if (asker != null && heard && !asked.isEmpty()) {
      List<Object> batch = asked;
      asked = new ArrayList<>();
      broker.receive(asker, batch);
    }
  }

  @Override
  public boolean isWritable() {
    blocked |= !heard;
    return heard;
  }

  @Override
  public void setReading(boolean reading) {
    this.reading = reading;
    if (reading) {
      answer();
    }
  }

  @Override
  public int maxPacketSize() {
    return settings.maxPacketSize;
  }

  @Override
  public EventLoop executor() {
    return loop;
  }

  @Override
  public ServerAddress server() {
    return server;
  }

  @Override
  public void dispose() {
    loop.execute(() -> leave(null));
  }

  @Override
  public boolean isDisposed() {
    return gone;
  }

  private void leave(@Nullable Throwable cause) {
    ask();
    Peer left = peer;
    if (left != null) {
      gone = true;
      peer = null;
      answers.clear();
      broker.disconnect(left);
      try {
        listener().onClosed(cause);
      } catch (Throwable e) {
        log.warn("A connection within the process has failed as it was closed", e);
      }
    }
  }

  private PacketListener listener() {
    return requireNonNull(listener);
  }

  // ---- the broker's side

  private void answer() {
    if (!answering) {
      answering = true;
      loop.execute(this::deliver);
    }
  }

  private void deliver() {
    answering = false;
    boolean wasWritable = outlet.isWritable();
    try {
      for (Packet next = next(); next != null; next = next()) {
        listener().onPacket(next);
      }
    } catch (Throwable e) {
      leave(e);
    }
    Peer answered = peer;
    if (answered == null) {
      return;
    }
    if (finishing && answers.isEmpty()) {
      leave(null);
    } else if (!wasWritable && outlet.isWritable()) {
      broker.writable(answered);
    }
  }

  private @Nullable Packet next() {
    Packet next = reading && !gone ? answers.poll() : null;
    if (next != null) {
      answerBytes -= next.size();
    }
    return next;
  }

  /** What the broker holds of this connection. */
  private final class End implements Outlet {

    private final String address;

    End(String address) {
      this.address = address;
    }

    @Override
    public void write(Packet packet) {
      answers.add(packet.onHeap());
      answerBytes += packet.size();
    }

    @Override
    public void write(byte[] text) {
      throw new IllegalStateException("Only packets are answered here, and no lines of text");
    }

    @Override
    public void flush() {
      answer();
    }

    @Override
    public boolean isWritable() {
      return answerBytes < HIGH_WATER;
    }

    @Override
    public void setReading(boolean read) {
      heard = read;
      if (read) {
        loop.execute(LocalConnection.this::resume);
      }
    }

    @Override
    public void close(Departure reason) {
      loop.execute(() -> leave(null));
    }

    @Override
    public void finish() {
      finishing = true;
      answer();
      Duration bound = settings.stallTimeout;
      var unused = loop.schedule(() -> leave(null), bound.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String remoteAddress() {
      return address;
    }
  }

  private void resume() {
    ask();
    if (blocked && heard && !gone) {
      blocked = false;
      listener().onWritable();
    }
  }
}
