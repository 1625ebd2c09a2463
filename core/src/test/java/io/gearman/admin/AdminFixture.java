// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.testkit.WireClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.Arguments;
import org.reactivestreams.Publisher;

/** A server that a {@link WireClient} plays, and clients of it. */
abstract class AdminFixture {

  static final Duration TIMEOUT = Duration.ofSeconds(5);
  static final ConnectionSettings SETTINGS =
      ConnectionSettings.defaults().withConnectTimeout(TIMEOUT);

  ServerSocket socket;
  WireClient server;

  @BeforeEach
  void listen() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    if (server != null) {
      server.close();
    }
  }

  static Stream<Arguments> commands() {
    return Stream.of(
        command("version", AdminClient::version),
        command("getpid", AdminClient::pid),
        command("verbose", AdminClient::verbosity),
        command("status", AdminClient::status),
        command("prioritystatus", AdminClient::priorityStatus),
        command("workers", AdminClient::workers),
        command("show jobs", AdminClient::jobs),
        command("show unique jobs", AdminClient::uniqueIds),
        command("create function f", admin -> admin.createFunction("f")),
        command("drop function f", admin -> admin.dropFunction("f")),
        command("maxqueue f", admin -> admin.removeMaxQueue("f")),
        command("maxqueue f 0", admin -> admin.maxQueue("f", 0)),
        command("maxqueue f 2147483647", admin -> admin.maxQueue("f", Integer.MAX_VALUE)),
        command("maxqueue f 1 2 3", admin -> admin.maxQueue("f", 1, 2, 3)),
        command("shutdown", AdminClient::shutdown),
        command("shutdown graceful", AdminClient::shutdownGracefully));
  }

  interface Question {
    Publisher<?> ask(AdminClient admin);
  }

  private static Arguments command(String line, Question question) {
    return Arguments.of(line, question);
  }

  AdminClient admin() {
    return admin(SETTINGS);
  }

  AdminClient admin(ConnectionSettings settings) {
    return AdminClient.create(address(), settings);
  }

  ServerAddress address() {
    return new ServerAddress(socket.getInetAddress().getHostAddress(), socket.getLocalPort());
  }

  WireClient accept() {
    server = WireClient.accept(socket);
    return server;
  }

  void reply(String text) {
    server.sendBytes(text.getBytes(ISO_8859_1));
  }
}
