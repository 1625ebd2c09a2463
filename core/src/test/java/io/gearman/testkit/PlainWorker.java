// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker with one function, which sends a few parts for each job and then the end, in plain
 * Gearman and a thread of its own. It connects again until it is closed.
 */
public final class PlainWorker implements AutoCloseable {

  private static final int PAUSE_MILLIS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Supplier<@Nullable ServerAddress> server;
  private final String function;
  private final List<String> parts;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable WireClient wire;

  /**
   * @param server where it is now; null while there is none
   * @param parts the last one is sent with the end
   */
  public PlainWorker(
      Supplier<@Nullable ServerAddress> server, String function, List<String> parts) {
    this.server = server;
    this.function = function;
    this.parts = parts;
    Thread thread = new Thread(this::work, "plain worker");
    thread.setDaemon(true);
    thread.start();
  }

  private void work() {
    try {
      while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        ServerAddress address = server.get();
        if (address != null) {
          serve(address);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(ServerAddress address) {
    try (WireClient connection = WireClient.connect(address.host(), address.port())) {
      wire = connection.timeout(PATIENCE);
      connection.request(PacketType.CAN_DO, function);
      while (closed.getCount() > 0) {
        connection.request(PacketType.GRAB_JOB);
        Packet packet = connection.receive();
        while (packet.type() == PacketType.NOOP) {
          packet = connection.receive();
        }
        if (packet.type() == PacketType.JOB_ASSIGN) {
          run(connection, packet.text(0));
        } else {
          connection.request(PacketType.PRE_SLEEP);
          connection.receive(PacketType.NOOP);
        }
      }
    } catch (RuntimeException | AssertionError lost) {
      // it is closed, or the server is gone
    }
  }

  private void run(WireClient connection, String handle) {
    int last = parts.size() - 1;
    for (String part : parts.subList(0, last)) {
      connection.request(PacketType.WORK_DATA, handle, part);
    }
    connection.request(PacketType.WORK_COMPLETE, handle, parts.get(last));
  }

  @Override
  public void close() {
    closed.countDown();
    WireClient open = wire;
    if (open != null) {
      open.close();
    }
  }
}
