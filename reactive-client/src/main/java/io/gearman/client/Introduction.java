// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.ServerErrorException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.PacketConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** What a client says first on a connection. */
record Introduction(ClientSession session, PacketConnection connection, LiveJobs jobs) {

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);

  /**
   * Gives the name of this client, and asks for the worker's own exceptions and for the flow
   * extension. Emits the session when the server has answered; a server that is silent for too long
   * is given up.
   */
  Mono<ClientSession> of(String clientId, Duration patience) {
    return Mono.defer(() -> say(clientId))
        .onErrorMap(ConnectionException.class, lost -> session.lost(Phase.CONNECT, lost.getCause()))
        .timeout(patience, Mono.error(() -> silentFor(patience)))
        .doOnError(failure -> session.dispose())
        .thenReturn(session);
  }

  private Mono<Void> say(String clientId) {
    if (!clientId.isEmpty()) {
      Packet name = Packet.request(PacketType.SET_CLIENT_ID, clientId.getBytes(UTF_8));
      session.execute(() -> connection.write(name));
    }
    return Mono.when(agreeOn("exceptions", () -> {}), agreeOn("flow", jobs::agreeOnFlow));
  }

  private Mono<Void> agreeOn(String option, Runnable agreed) {
    return session
        .ask(
            PacketType.OPTION_RES,
            Packet::type,
            () -> Packet.request(PacketType.OPTION_REQ, option.getBytes(UTF_8)))
        .doOnNext(answer -> agreed.run())
        .doOnError(
            refused ->
                log.debug("{} without {}: {}", connection.server(), option, refused.getMessage()))
        .onErrorComplete(ServerErrorException.class)
        .then();
  }

  private ConnectionException silentFor(Duration patience) {
    return new ConnectionException(
        connection.server().toString(),
        Phase.CONNECT,
        "Server %s has not answered OPTION_REQ for %d ms"
            .formatted(connection.server(), patience.toMillis()),
        null);
  }
}
