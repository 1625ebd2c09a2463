// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.protocol.Packet;
import io.netty.util.concurrent.EventExecutor;
import reactor.core.Disposable;

/**
 * A connection as a session sees it: packets out through {@link #write}, packets in through a
 * {@link PacketListener}.
 *
 * <p>It is confined to {@link #executor()}: all but {@code dispose} and {@code isDisposed} is
 * called there, and the listener is called there. {@code dispose} may be called from any thread;
 * what was written before it is still handed to the socket, and nothing is heard after it but
 * {@link PacketListener#onClosed}.
 */
public interface PacketConnection extends Disposable {

  /**
   * Sends a packet. Packets written while one read is being worked off leave together when it is
   * done; while a long one is, they leave in parts, so that the other side need not wait for its
   * end. Packets written outside of a read leave together as soon as the executor has run what was
   * already waiting for it. Without a connection the packet is dropped: the listener has heard of
   * the loss or is about to.
   */
  void write(Packet packet);

  /**
   * False while more is waiting for the socket than the high-water mark allows. Whoever has met a
   * false hears {@link PacketListener#onWritable} later, or {@link PacketListener#onClosed}.
   */
  boolean isWritable();

  /**
   * Whether packets are read; they are at first. After false, what the last read brought is still
   * heard, and nothing else, the loss of the connection included, until reading goes on.
   */
  void setReading(boolean reading);

  /**
   * Largest packet that may be written, in bytes with its header. The server closes the connection
   * on a larger one, to the harm of everything else on it: whoever writes looks first.
   */
  int maxPacketSize();

  /** The event loop of this connection. */
  EventExecutor executor();

  /** Where this connection leads. */
  ServerAddress server();
}
