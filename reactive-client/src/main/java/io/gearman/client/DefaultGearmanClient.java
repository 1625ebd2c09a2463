// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobStatus;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.UniqueStatus;
import io.gearman.admin.AdminClient;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.CutShort;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.ServerLink;
import io.gearman.transport.ServerLinks;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs every request over one shared connection to each server; only where the server is plain,
 * jobs with slow subscribers have a few more.
 */
final class DefaultGearmanClient implements GearmanClient {

  private final ClientSettings settings;
  private final ServerLinks<ClientSession> links;
  private final Servers servers;

  DefaultGearmanClient(List<ServerAddress> addresses, ClientSettings settings) {
    UniqueId.prepare();
    this.settings = settings;
    this.links =
        ServerLinks.create(
            addresses,
            settings.connection().backoff(),
            settings.preference(),
            server -> connect(server, its -> ClientSession.shared(its, settings, this::cancel)),
            settings.maxJobs());
    this.servers =
        new Servers(
            links,
            ServerOrder.of(settings.selection(), links.links(), link -> link.server().toString()),
            addresses.stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), this::streams)),
            settings);
  }

  private StreamConnections streams(ServerAddress server) {
    return new StreamConnections(
        settings.streamConnections(),
        onIdle -> connect(server, its -> ClientSession.exclusive(its, settings, onIdle)));
  }

  private Mono<ClientSession> connect(
      ServerAddress server, Function<PacketConnection, ClientSession> opening) {
    ConnectionSettings connection = settings.connection();
    return Mono.defer(
        () ->
            isDisposed()
                ? Mono.error(disposed(server))
                : connection
                    .connect(server, opening)
                    .flatMap(
                        opened ->
                            opened.introduce(settings.clientId(), connection.connectTimeout())));
  }

  private static ConnectionException disposed(ServerAddress server) {
    return new ConnectionException(
        server.toString(), ConnectionException.Phase.CONNECT, "The client was disposed of", null);
  }

  @Override
  public Flux<JobEvent> run(JobRequest request) {
    return submit(request, job -> new ForegroundSubmission(servers, job));
  }

  @Override
  public Mono<JobHandle> enqueue(JobRequest request) {
    return submit(request, job -> new BackgroundSubmission(servers, job)).next();
  }

  private <T> Flux<T> submit(JobRequest request, Function<JobRequest, Submission<T>> submission) {
    Flux<T> submitted =
        Flux.defer(() -> submission.apply(request.in(settings.namespace()).fixed()).through());
    Duration limit = request.totalLimit();
    return limit == null ? submitted : limited(submitted, limit);
  }

  private static <T> Flux<T> limited(Flux<T> submitted, Duration limit) {
    return CutShort.by(
        Mono.delay(limit).map(over -> new JobTimeoutException(Limit.TOTAL, limit, "", null)),
        submitted);
  }

  @Override
  public Mono<JobStatus> status(JobHandle handle) {
    return Mono.defer(() -> ask(link(handle), session -> session.status(handle)));
  }

  @Override
  public Mono<UniqueStatus> statusByUnique(String unique) {
    return Mono.defer(() -> new UniqueQuestion(unique).askAll(links.links(), this::ask));
  }

  private <T> Mono<T> ask(
      ServerLink<ClientSession> link, Function<ClientSession, Mono<T>> question) {
    return links.ready(List.of(link), settings.connectLimit()).flatMap(question);
  }

  @Override
  public Mono<Void> cancel(JobHandle handle) {
    return Mono.defer(
        () -> AdminClient.create(link(handle).server(), settings.connection()).cancel(handle));
  }

  private ServerLink<ClientSession> link(JobHandle handle) {
    for (ServerLink<ClientSession> link : links.links()) {
      if (link.server().toString().equals(handle.server())) {
        return link;
      }
    }
    throw new IllegalArgumentException(
        "Job %s is not of a server of this client: %s"
            .formatted(handle, links.links().stream().map(ServerLink::server).toList()));
  }

  @Override
  public Flux<ConnectionState> states() {
    return links.states();
  }

  @Override
  public void dispose() {
    links.dispose();
    servers.streams().values().forEach(StreamConnections::dispose);
  }

  @Override
  public boolean isDisposed() {
    return links.isDisposed();
  }
}
