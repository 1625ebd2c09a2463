// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs every request over one shared connection, made when first needed and forgotten when lost.
 */
final class DefaultGearmanClient implements GearmanClient {

  private final ServerAddress server;
  private final Mono<ClientSession> session;
  private final Disposable.Swap current =
      Disposables.swap(); // disposes what it is given after its own end

  DefaultGearmanClient(
      ServerAddress server, ConnectionSettings settings, String clientId, int bufferLimit) {
    this.server = server;
    this.session =
        Mono.defer(() -> connect(settings, clientId, bufferLimit))
            .cacheInvalidateWhen(ClientSession::onClose);
  }

  private Mono<ClientSession> connect(
      ConnectionSettings settings, String clientId, int bufferLimit) {
    if (isDisposed()) {
      return Mono.error(
          new ConnectionException(
              server.toString(),
              ConnectionException.Phase.CONNECT,
              "The client was disposed of",
              null));
    }
    return settings
        .connect(server, connection -> new ClientSession(connection, bufferLimit))
        .doOnNext(
            opened -> {
              current.update(opened);
              opened.introduce(clientId);
            });
  }

  @Override
  public Flux<JobEvent> run(JobRequest request) {
    return session.flatMapMany(opened -> opened.run(request));
  }

  @Override
  public Mono<JobHandle> enqueue(JobRequest request) {
    return session.flatMap(opened -> opened.enqueue(request));
  }

  @Override
  public Mono<JobStatus> status(JobHandle handle) {
    if (!handle.server().equals(server.toString())) {
      return Mono.error(
          new IllegalArgumentException(
              "Job " + handle + " is not of server " + server + ", which this client asks"));
    }
    return session.flatMap(opened -> opened.status(handle));
  }

  @Override
  public void dispose() {
    current.dispose();
  }

  @Override
  public boolean isDisposed() {
    return current.isDisposed();
  }
}
