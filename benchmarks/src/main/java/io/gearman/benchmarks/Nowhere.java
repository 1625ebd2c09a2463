// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks;

import io.gearman.protocol.Packet;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.ServerAddress;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;

/**
 * A connection that takes everything and counts it, and whose event loop is the thread that comes
 * along.
 */
public final class Nowhere implements PacketConnection {

  private final ServerAddress server = new ServerAddress("nowhere", 4730);
  private long written;

  /** Packets so far. */
  public long written() {
    return written;
  }

  @Override
  public void write(Packet packet) {
    written++;
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void setReading(boolean reading) {}

  @Override
  public int maxPacketSize() {
    return Integer.MAX_VALUE;
  }

  @Override
  public EventExecutor executor() {
    return ImmediateEventExecutor.INSTANCE;
  }

  @Override
  public ServerAddress server() {
    return server;
  }

  @Override
  public void dispose() {}
}
