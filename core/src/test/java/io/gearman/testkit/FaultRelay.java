// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.ServerAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the network before a job server: it passes connections on, packet by packet, and has a
 * fault befall one when a certain packet is about to pass. Lines of the text protocol pass as they
 * come. It has two threads for each connection.
 */
public final class FaultRelay implements AutoCloseable {

  /** What befalls a connection. */
  interface Strike {
    /** True if a packet that is about to pass goes on. */
    boolean on(Passage passage);
  }

  private record Trap(Set<PacketType> types, AtomicInteger left, Strike fault) {}

  /** Of an answer, where it is a packet of the other side that is about to pass. */
  private static final byte[] HALF_HEADER = {0, 'R', 'E', 'S', 0, 0};

  private final InetAddress host;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile ServerAddress server;
  private volatile ServerSocket port;
  private volatile @Nullable Trap trap;

  /**
   * @param host a loopback address to listen on
   * @param port where to listen; 0 for any that is free
   */
  FaultRelay(String host, int port, ServerAddress server) {
    try {
      this.host = InetAddress.getByName(host);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.server = server;
    this.port = listen(port);
  }

  int port() {
    return port.getLocalPort();
  }

  /** How many connections it has accepted. */
  int accepted() {
    return accepted.get();
  }

  /**
   * Has a fault befall the connection on which, counted over all of them, the n-th packet of these
   * types is about to pass. That packet goes on if the fault returns true.
   */
  void onPacket(Set<PacketType> types, int nth, Strike fault) {
    trap = new Trap(types, new AtomicInteger(nth), fault);
  }

  /** Has a fault befall each connection that is open. */
  void now(Strike fault) {
    passages.forEach(fault::on);
  }

  /** Refuses connections; those that are open go on. */
  void refuse() {
    close(port);
  }

  /** Accepts connections again, for this server. */
  void accept(ServerAddress server) {
    this.server = server;
    port = listen(port.getLocalPort());
  }

  /** Whether those who had connected have closed all their connections by then. */
  boolean isLeft(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (Passage passage : passages) {
      if (!passage.left.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed.countDown();
    close(port);
    passages.forEach(Passage::close);
  }

  private ServerSocket listen(int number) {
    try {
      ServerSocket socket = new ServerSocket(number, 0, host);
      start(
          () -> {
            while (true) {
              Socket client = socket.accept();
              accepted.incrementAndGet();
              start(() -> new Passage(client).open());
            }
          });
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on port " + number, e);
    }
  }

  private @Nullable Trap sprung(@Nullable PacketType type) {
    Trap set = trap;
    return type != null
            && set != null
            && set.types().contains(type)
            && set.left().decrementAndGet() == 0
        ? set
        : null;
  }

  /** One connection. */
  final class Passage {

    private enum Mode {
      OPEN,
      /** Half of a packet of the server, and nothing else. */
      HALF,
      /** Nothing but the end. */
      CUT,
      SILENT
    }

    private final Socket client;
    private final Socket server = new Socket();
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile Mode mode = Mode.OPEN;
    private volatile long stalledUntil = System.nanoTime();

    private Passage(Socket client) {
      this.client = client;
    }

    private void open() throws IOException {
      passages.add(this);
      try {
        ServerAddress address = FaultRelay.this.server;
        server.connect(new InetSocketAddress(address.host(), address.port()));
      } catch (IOException e) {
        reset();
        return;
      }
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      start(() -> carry(server, client));
      carry(client, server);
    }

    private void carry(Socket from, Socket to) throws IOException {
      try {
        InputStream in = new BufferedInputStream(from.getInputStream());
        for (byte[] piece = next(in); piece.length > 0; piece = next(in)) {
          pass(piece, to);
        }
        if (passesEnd()) {
          to.shutdownOutput();
        }
      } catch (IOException e) {
        if (passesEnd()) {
          abort(to);
        }
      } finally {
        if (from == client) {
          left.countDown();
          if (!passesEnd()) {
            abort(server); // which would have noticed by itself, later
          }
        }
      }
    }

    private byte[] half(byte[] packet) {
      return Arrays.copyOf(packet, (Packet.HEADER_SIZE + packet.length) / 2);
    }

    private boolean passesEnd() {
      return mode == Mode.OPEN || mode == Mode.CUT;
    }

    private void pass(byte[] piece, Socket to) throws IOException {
      Trap sprung = sprung(type(piece));
      if (sprung != null && !sprung.fault().on(this)) {
        return;
      }
      awaitEndOfStall();
      if (mode == Mode.OPEN) {
        to.getOutputStream().write(piece);
      } else if (mode == Mode.HALF) {
        mode = Mode.SILENT;
        byte[] half = to == client ? half(piece) : HALF_HEADER;
        client.getOutputStream().write(half);
      }
    }

    private void awaitEndOfStall() {
      try {
        if (closed.await(stalledUntil - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          mode = Mode.SILENT;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    boolean reset() {
      mode = Mode.SILENT;
      abort(client);
      abort(server);
      left.countDown();
      return false;
    }

    boolean end() {
      mode = Mode.SILENT;
      end(client);
      end(server);
      return false;
    }

    boolean cut() {
      mode = Mode.CUT;
      return false;
    }

    boolean swallow() {
      mode = Mode.SILENT;
      return false;
    }

    boolean halve() {
      mode = Mode.HALF;
      return true;
    }

    boolean stall(Duration duration) {
      stalledUntil = System.nanoTime() + duration.toNanos();
      return true;
    }

    private void end(Socket socket) {
      try {
        socket.shutdownOutput();
      } catch (IOException e) {
        // closed already
      }
    }

    private void abort(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // closed already
      }
      FaultRelay.close(socket);
    }

    private void close() {
      FaultRelay.close(client);
      FaultRelay.close(server);
    }
  }

  /** A packet, or what there is of text; nothing at the end. */
  private static byte[] next(InputStream in) throws IOException {
    in.mark(1);
    int first = in.read();
    if (first < 0) {
      return new byte[0];
    }
    in.reset();
    if (first != 0) {
      return in.readNBytes(Math.max(1, in.available()));
    }
    byte[] header = in.readNBytes(Packet.HEADER_SIZE);
    if (header.length < Packet.HEADER_SIZE) {
      return new byte[0];
    }
    int size = ByteBuffer.wrap(header).getInt(8);
    byte[] packet = Arrays.copyOf(header, Packet.HEADER_SIZE + size);
    int read = in.readNBytes(packet, Packet.HEADER_SIZE, size);
    return read < size ? new byte[0] : packet;
  }

  private static @Nullable PacketType type(byte[] piece) {
    return piece[0] == 0 ? PacketType.of(ByteBuffer.wrap(piece).getInt(4)) : null;
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
