// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ConnectionObserver.State;
import reactor.test.StepVerifier;

class ConnectTest extends TransportFixture {

  @Test
  void eachSubscriptionIsAConnectionOfItsOwn() throws Exception {
    Mono<RecordingListener> connect =
        ConnectionSettings.defaults().connect(address(), RecordingListener::new);
    for (int i = 0; i < 2; i++) {
      RecordingListener one = connect.block(TIMEOUT);
      try (WireClient peer = WireClient.accept(serverSocket)) {
        one.write(GRAB);
        peer.expect(GRAB);
      }
      assertThat(one.nextClosed()).isNull();
    }
  }

  @Test
  void noPacketArrivesBeforeTheConnectionIsHandedOver() throws Exception {
    CompletableFuture<Integer> heardBefore = new CompletableFuture<>();
    Thread peer = new Thread(() -> server = WireClient.accept(serverSocket).send(NOOP, NOOP, NOOP));
    peer.start();

    listener =
        ConnectionSettings.defaults()
            .connect(address(), RecordingListener::new)
            .doOnNext(made -> heardBefore.complete(made.pending()))
            .block(TIMEOUT);
    peer.join();
    assertThat(heardBefore).isCompletedWithValue(0);
    assertThat(listener.nextPacket()).isEqualTo(NOOP);
  }

  @Test
  void connectionIsHandedOverOnItsEventLoop() {
    CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
    listener =
        ConnectionSettings.defaults()
            .connect(address(), RecordingListener::new)
            .doOnNext(made -> onLoop.complete(made.connection().executor().inEventLoop()))
            .block(TIMEOUT);
    assertThat(onLoop).isCompletedWithValue(true);
  }

  @Test
  void listenerThatCannotBeMadeClosesTheConnection() {
    IllegalStateException thrown = new IllegalStateException("cannot be made");
    Mono<RecordingListener> connect =
        ConnectionSettings.defaults()
            .connect(
                address(),
                connection -> {
                  throw thrown;
                });

    StepVerifier.create(connect).verifyErrorSatisfies(e -> assertThat(e).hasCause(thrown));
    server = WireClient.accept(serverSocket);
    server.expectClosed();
  }

  @Test
  void refusedConnectionIsAConnectionExceptionThatNamesTheServer() throws Exception {
    ServerAddress nobody = address();
    serverSocket.close();

    StepVerifier.create(ConnectionSettings.defaults().connect(nobody, RecordingListener::new))
        .expectErrorSatisfies(error -> isConnectFailure(error, nobody))
        .verify(TIMEOUT);
  }

  @Test
  void serverThatDoesNotAnswerIsAConnectionExceptionAfterTheConnectTimeout() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      while (answers(full, waiting)) {
        assertThat(waiting).hasSizeLessThan(100);
      }
      ServerAddress silent =
          new ServerAddress(full.getInetAddress().getHostAddress(), full.getLocalPort());
      ConnectionSettings settings =
          ConnectionSettings.defaults().withConnectTimeout(Duration.ofMillis(200));

      StepVerifier.create(settings.connect(silent, RecordingListener::new))
          .expectErrorSatisfies(error -> isConnectFailure(error, silent))
          .verify(TIMEOUT);
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @Test
  void refusedPlainConnectionIsAConnectionExceptionThatNamesTheServer() throws Exception {
    ServerAddress nobody = address();
    serverSocket.close();

    StepVerifier.create(ConnectionSettings.defaults().connect(nobody))
        .expectErrorSatisfies(error -> isConnectFailure(error, nobody))
        .verify(TIMEOUT);
  }

  @Test
  void subscriberThatLeavesWhileAPlainConnectionIsMadeLeavesNoneBehind() {
    Sinks.Empty<Void> leaving = Sinks.empty();
    ConnectionSettings settings =
        ConnectionSettings.defaults()
            .withTcp(
                tcp ->
                    tcp.observe(
                        (connection, state) -> {
                          if (state == State.CONNECTED) {
                            leaving.tryEmitEmpty();
                          }
                        }));

    StepVerifier.create(settings.connect(address()).takeUntilOther(leaving.asMono()))
        .expectComplete()
        .verify(TIMEOUT);
    server = WireClient.accept(serverSocket);
    server.expectClosed();
  }

  private static boolean answers(ServerSocket server, List<Socket> sockets) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    try {
      socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void isConnectFailure(Throwable error, ServerAddress server) {
    assertThat(error)
        .isInstanceOf(ConnectionException.class)
        .hasMessageStartingWith("Cannot connect to " + server)
        .hasCauseInstanceOf(IOException.class);
    ConnectionException failure = (ConnectionException) error;
    assertThat(failure.phase()).isEqualTo(ConnectionException.Phase.CONNECT);
    assertThat(failure.server()).isEqualTo(server.toString());
  }
}
