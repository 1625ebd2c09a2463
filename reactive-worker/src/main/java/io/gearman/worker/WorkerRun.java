// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.ServerErrorException;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.ServerLink;
import io.gearman.transport.ServerLinks;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A worker at work: its connections, all on one event loop, and the slots that they share. What is
 * not private may be called from any thread.
 */
final class WorkerRun implements Disposable {

  private static final Duration MAX_PATIENCE = Duration.ofDays(36_500); // timers take 292 years

  private final WorkerSettings settings;
  private final EventLoop loop;
  private final Slots slots;
  private final List<ServerLinks<WorkerSession>> links;
  private final Disposable.Composite watches = Disposables.composite();
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private final Sinks.One<Drained> drained = Sinks.one();

  private @Nullable Drained before; // what was counted when it began to drain; on the loop

  WorkerRun(WorkerSettings settings) {
    this.settings = settings;
    this.loop = settings.connection().nextLoop();
    this.slots = new Slots(settings.concurrency());
    this.links = Lane.of(slots, settings).stream().map(this::links).toList();
  }

  private ServerLinks<WorkerSession> links(Lane lane) {
    ConnectionSettings connection = settings.connection().on(loop);
    return ServerLinks.on(
        loop, settings.servers(), connection, server -> connect(connection, server, lane));
  }

  private Mono<WorkerSession> connect(
      ConnectionSettings connection, ServerAddress server, Lane lane) {
    return connection
        .connect(server, its -> new WorkerSession(its, lane))
        .flatMap(
            session ->
                session.register(settings.clientId(), settings.connection().connectTimeout()));
  }

  /** Begins; completes when it was shut down, and fails when no server lets it be a worker. */
  Mono<Void> work() {
    watches.add(states().subscribe(state -> checkRefused()));
    watches.add(
        Flux.interval(settings.safetyGrab())
            .onBackpressureDrop()
            .subscribe(tick -> loop.execute(slots::lookAgain)));
    links.forEach(ServerLinks::open);
    return ended.asMono();
  }

  Flux<ConnectionState> states() {
    return Flux.fromIterable(links).flatMap(ServerLinks::states, links.size(), 1);
  }

  private void checkRefused() {
    ServerErrorException refusal = null;
    for (ServerLinks<WorkerSession> all : links) {
      for (ServerLink<WorkerSession> link : all.links()) {
        refusal = refusal(link.state().cause());
        if (refusal == null) {
          return;
        }
      }
    }
    if (refusal != null) {
      ended.tryEmitError(refusal);
    }
  }

  private static @Nullable ServerErrorException refusal(@Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ServerErrorException refusal) {
        return refusal;
      }
    }
    return null;
  }

  void pause(boolean paused) {
    loop.execute(() -> slots.pause(paused));
  }

  /** Drains for so long at most, and ends. */
  Mono<Drained> shutdown(Duration patience) {
    return drained.asMono().doOnSubscribe(awaited -> loop.execute(() -> drain(patience)));
  }

  private void drain(Duration patience) {
    if (before != null) {
      return;
    }
    before = slots.ended();
    if (watches.isDisposed()) { // it has ended meanwhile
      close();
      return;
    }
    Duration limit = patience.compareTo(MAX_PATIENCE) < 0 ? patience : MAX_PATIENCE;
    watches.add(
        slots
            .drain()
            .timeout(limit, Mono.empty())
            .subscribe(none -> {}, failed -> {}, () -> loop.execute(this::close)));
  }

  /** Jobs that run are cancelled as their connections close. */
  private void close() {
    Drained now = slots.endedNow();
    watches.dispose();
    links.forEach(ServerLinks::dispose);
    ended.tryEmitEmpty(); // first, so that whoever waits for the other may run this worker again
    if (before != null) {
      drained.tryEmitValue(now.minus(before));
    }
  }

  /** Ends at once. */
  @Override
  public void dispose() {
    loop.execute(this::close);
  }
}
