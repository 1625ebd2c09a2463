// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.netty.tcp.TcpClient;

/** A server that a {@link WireClient} plays, and at most one connection to it. */
abstract class TransportFixture {

  static final Duration TIMEOUT = Duration.ofSeconds(5);
  static final Packet GRAB = Packet.request(PacketType.GRAB_JOB);
  static final Packet NOOP = Packet.response(PacketType.NOOP);

  ServerSocket serverSocket;
  WireClient server;
  RecordingListener listener;

  @BeforeEach
  void listen() throws IOException {
    serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    serverSocket.close();
    if (server != null) {
      server.close();
    }
    if (listener != null) {
      listener.connection().dispose();
      while (!listener.connection().isDisposed()) {
        listener.onLoop(() -> {});
      }
    }
  }

  ServerAddress address() {
    return new ServerAddress(
        serverSocket.getInetAddress().getHostAddress(), serverSocket.getLocalPort());
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] data(int size) {
    byte[] data = new byte[size];
    for (int i = 0; i < size; i++) {
      data[i] = (byte) (i * 31);
    }
    return data;
  }

  void connect() {
    connect(UnaryOperator.identity(), (connection, packet) -> {});
  }

  void connect(UnaryOperator<TcpClient> tcp, BiConsumer<PacketConnection, Packet> reaction) {
    listener =
        ConnectionSettings.defaults()
            .withTcp(tcp)
            .connect(address(), connection -> new RecordingListener(connection, reaction))
            .block(TIMEOUT);
    server = WireClient.accept(serverSocket);
  }
}
