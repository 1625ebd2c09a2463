// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.PacketDecoder;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.tcp.TcpServer;

/**
 * What a server is told before it starts; {@link JobServer} says what each of it means. Never
 * changed once it is shared.
 */
final class ServerSettings implements Cloneable {

  /** Of {@link #jobRetries}: a job is run until it ends. */
  static final int UNLIMITED = -1;

  String host = "127.0.0.1";
  int port = ServerAddress.DEFAULT_PORT;
  String adminHost = "127.0.0.1";
  @Nullable Integer adminPort; // null: administrators use the port of everybody
  int maxConnections = 10_000;
  int maxConnectionsPerAddress = Integer.MAX_VALUE;
  int maxPacketSize = PacketDecoder.DEFAULT_MAX_PACKET_SIZE;
  long maxQueuedBytes = Runtime.getRuntime().maxMemory() / 2;
  int maxFunctions = 20_000;
  long maxAbilities = Runtime.getRuntime().maxMemory() / 8 / Ability.SIZE;
  long maxJoined = Runtime.getRuntime().maxMemory() / 8 / Attachment.SIZE;
  Duration stallTimeout = Duration.ofSeconds(30);
  int jobRetries = UNLIMITED;
  int workerWakeup; // 0: all
  boolean exceptions;
  boolean shutdownCommand;
  JobObserver observer = JobObserver.none();
  @Nullable String handlePrefix; // null: the name of the host
  @Nullable TlsSettings tls; // null: plain TCP
  boolean rolesByCertificate;
  UnaryOperator<TcpServer> tcp = UnaryOperator.identity();

  /**
   * For packets that have not wholly arrived: room for one of any size, and a quarter of the heap,
   * or of direct memory, where large ones are, if that is less.
   */
  long maxPartialBytes() {
    long memory = Math.min(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
    return Math.max(maxPacketSize, memory / 4);
  }

  ServerSettings with(Consumer<ServerSettings> change) {
    try {
      ServerSettings copy = (ServerSettings) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
