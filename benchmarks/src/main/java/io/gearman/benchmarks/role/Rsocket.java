// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import io.rsocket.ConnectionSetupPayload;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.ByteBufPayload;
import io.rsocket.util.DefaultPayload;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * RSocket over TCP: a responder that is asked directly, or a server that passes what it is asked on
 * to a worker, as a job server does.
 */
public final class Rsocket {

  private static final String WORKER = "worker";

  private Rsocket() {}

  public static void main(String[] args) throws IOException {
    Settings settings = new Settings(args);
    switch (settings.text("role")) {
      case "responder" -> serve(settings, SocketAcceptor.with(new Responder(settings)));
      case "relay" -> serve(settings, new Relay());
      case WORKER -> work(settings);
      case "client" -> call(settings);
      default -> throw new IllegalArgumentException("Unknown role " + settings.text("role"));
    }
  }

  private static void serve(Settings settings, SocketAcceptor acceptor) throws IOException {
    RSocketServer.create(acceptor)
        .payloadDecoder(PayloadDecoder.ZERO_COPY)
        .bind(TcpServerTransport.create(Settings.HOST, settings.port()))
        .block();
    Ours.serveUntilEndOfInput();
  }

  private static void work(Settings settings) throws IOException {
    connect(
        settings,
        RSocketConnector.create()
            .setupPayload(DefaultPayload.create(WORKER))
            .acceptor(SocketAcceptor.with(new Responder(settings))));
    Ours.serveUntilEndOfInput();
  }

  private static RSocket connect(Settings settings, RSocketConnector connector) {
    return connector
        .payloadDecoder(PayloadDecoder.ZERO_COPY)
        .connect(TcpClientTransport.create(Settings.HOST, settings.port()))
        .blockOptional()
        .orElseThrow();
  }

  private static void call(Settings settings) throws IOException {
    byte[] payload = settings.payload();
    RSocket server = connect(settings, RSocketConnector.create());
    Client.serve(
        settings,
        outcome ->
            server
                .requestStream(DefaultPayload.create(payload))
                .subscribe(
                    chunk -> outcome.chunk(sizeOf(chunk)), outcome::failed, () -> outcome.done(0)));
  }

  private static int sizeOf(Payload payload) {
    int size = payload.data().readableBytes();
    payload.release();
    return size;
  }

  /** Does the work. */
  private record Responder(byte[] result, int chunks) implements RSocket {

    Responder(Settings settings) {
      this(settings.result(), settings.chunks());
    }

    @Override
    public Flux<Payload> requestStream(Payload request) {
      request.release();
      return Flux.range(0, chunks).map(i -> ByteBufPayload.create(result));
    }
  }

  /** Passes on what clients ask for to the connection that has said that it is the worker. */
  private static final class Relay implements SocketAcceptor, RSocket {

    private volatile @Nullable RSocket worker; // each connection may have a thread of its own

    @Override
    public Mono<RSocket> accept(ConnectionSetupPayload setup, RSocket connection) {
      if (setup.getDataUtf8().equals(WORKER)) {
        worker = connection;
      }
      return Mono.just(this);
    }

    @Override
    public Flux<Payload> requestStream(Payload request) {
      return worker().requestStream(request);
    }

    private RSocket worker() {
      RSocket connected = worker;
      if (connected == null) {
        throw new IllegalStateException("No worker has connected");
      }
      return connected;
    }
  }
}
