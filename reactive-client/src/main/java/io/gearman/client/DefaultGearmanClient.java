// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.ServerAddress;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs every request over one shared connection, made when first needed and forgotten when lost;
 * only where the server is plain, jobs with slow subscribers have a few more.
 */
final class DefaultGearmanClient implements GearmanClient {

  private final ServerAddress server;
  private final ConnectionSettings settings;
  private final String clientId;
  private final CurrentSession session;
  private final StreamConnections streams;

  DefaultGearmanClient(
      ServerAddress server,
      ConnectionSettings settings,
      String clientId,
      int bufferLimit,
      int window,
      int streamConnections) {
    this.server = server;
    this.settings = settings;
    this.clientId = clientId;
    this.session =
        new CurrentSession(
            connect(connection -> ClientSession.shared(connection, bufferLimit, window)));
    this.streams =
        new StreamConnections(
            streamConnections,
            onIdle -> connect(connection -> ClientSession.exclusive(connection, window, onIdle)));
  }

  private Mono<ClientSession> connect(Function<PacketConnection, ClientSession> opening) {
    return Mono.defer(
        () ->
            isDisposed()
                ? Mono.error(disposed())
                : settings
                    .connect(server, opening)
                    .flatMap(opened -> opened.introduce(clientId, settings.connectTimeout())));
  }

  private ConnectionException disposed() {
    return new ConnectionException(
        server.toString(), ConnectionException.Phase.CONNECT, "The client was disposed of", null);
  }

  @Override
  public Flux<JobEvent> run(JobRequest request) {
    return session.get().flatMapMany(shared -> run(request, shared));
  }

  private Flux<JobEvent> run(JobRequest request, ClientSession shared) {
    Flux<JobEvent> events = shared.run(request);
    return shared.hasFlow() ? events : new FirstDemand(events, streams.run(request, shared));
  }

  @Override
  public Mono<JobHandle> enqueue(JobRequest request) {
    return session.get().flatMap(opened -> opened.enqueue(request));
  }

  @Override
  public Mono<JobStatus> status(JobHandle handle) {
    if (!handle.server().equals(server.toString())) {
      return Mono.error(
          new IllegalArgumentException(
              "Job " + handle + " is not of server " + server + ", which this client asks"));
    }
    return session.get().flatMap(opened -> opened.status(handle));
  }

  @Override
  public void dispose() {
    session.dispose();
    streams.dispose();
  }

  @Override
  public boolean isDisposed() {
    return session.isDisposed();
  }
}
