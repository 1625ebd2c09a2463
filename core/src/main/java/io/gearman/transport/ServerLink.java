// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.ConnectionException;
import io.gearman.transport.ConnectionState.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The connection to one server, made again whenever it is lost, until it is disposed of.
 *
 * <pre>
 *   IDLE --open()--> CONNECTING --set up--> READY --lost--> CONNECTING
 *                        | failed, or not set up in time         | lost at once
 *                        v                                       v
 *                      DOWN --pause, attempt--> READY          DOWN
 * </pre>
 *
 * <p>Changes are made on the loop of its {@link ServerLinks} only; the state is volatile since it
 * is read by whoever looks for a server, on any thread.
 *
 * @param <S> what is kept on the connection
 */
public final class ServerLink<S extends ServerLink.Session> {

  /** What a link keeps one of. Disposing it closes the connection. */
  public interface Session extends Disposable {

    /** Ends, in whichever way, when the connection is gone. */
    Mono<Void> onClose();
  }

  private static final Logger log = LoggerFactory.getLogger(ServerLink.class);

  private record Now<S>(ConnectionState state, @Nullable S session) {}

  private final ServerAddress server;
  private final Mono<S> connect;
  private final Backoff backoff;
  private final Duration preference;
  private final ServerLinks<S> owner;
  private final Sinks.Many<ConnectionState> states = Sinks.many().replay().latest();
  private final Disposable.Swap timer = Disposables.swap();

  private int failures; // in a row
  private volatile Now<S> now;

  /**
   * @param preference after so long in its first attempt it is passed over until it is ready
   */
  ServerLink(
      ServerAddress server,
      Mono<S> connect,
      Backoff backoff,
      Duration preference,
      ServerLinks<S> owner) {
    this.preference = preference;
    this.server = server;
    this.connect = connect;
    this.backoff = backoff;
    this.owner = owner;
    this.now = new Now<>(state(Status.IDLE, null), null);
    states.tryEmitNext(now.state());
  }

  public ServerAddress server() {
    return server;
  }

  /** How it stands at this moment. */
  public ConnectionState state() {
    return now.state();
  }

  /** What is kept on the connection, or null if it is not ready. */
  public @Nullable S session() {
    return now.session();
  }

  /**
   * How it stands, and how it stands after each change; completes after {@link Status#CLOSED}. A
   * subscriber that is slower than the changes gets the latest. Signals come on an event loop.
   */
  public Flux<ConnectionState> states() {
    return states.asFlux().onBackpressureLatest();
  }

  // ---- on the loop of the owner

  void open() {
    if (is(Status.IDLE)) {
      begin(Duration.ZERO, null);
    }
  }

  void close() {
    S session = now.session();
    timer.dispose();
    become(Status.CLOSED, null, null);
    states.tryEmitComplete();
    if (session != null) {
      session.dispose();
    }
  }

  /** An attempt that is likely to succeed, or has not shown that it is not. */
  private void begin(Duration pause, @Nullable Throwable loss) {
    become(Status.CONNECTING, null, loss);
    if (pause.isZero()) {
      attempt();
    } else {
      after(pause, this::attempt);
    }
  }

  private void after(Duration pause, Runnable action) {
    timer.update(Mono.delay(pause).subscribe(over -> owner.execute(action), loopHasEnded -> {}));
  }

  /** It is never cancelled: a session that comes too late is closed then. */
  private void attempt() {
    if (is(Status.CONNECTING)) {
      after(preference, this::passOver);
    }
    log.debug("Connecting to {}", server);
    connect.subscribe(
        session -> owner.execute(() -> ready(session)),
        failure -> owner.execute(() -> failed(failure)));
  }

  private void passOver() {
    if (is(Status.CONNECTING)) {
      become(
          Status.DOWN,
          null,
          new ConnectionException(
              server.toString(),
              ConnectionException.Phase.CONNECT,
              "Server %s has not answered for %d ms".formatted(server, preference.toMillis()),
              null));
    }
  }

  private void ready(S session) {
    if (is(Status.CLOSED)) {
      session.dispose();
      return;
    }
    timer.update(Disposables.disposed());
    int failedBefore = failures;
    failures = 0;
    log.info("Connected to {}", server);
    become(Status.READY, session, null);
    session
        .onClose()
        .subscribe(
            none -> {},
            loss -> owner.execute(() -> lost(session, failedBefore, loss)),
            () -> owner.execute(() -> lost(session, failedBefore, null)));
  }

  /**
   * A session that was lost sooner than a pause would have been over does not make the next pause
   * short again: the server may well close each one at once.
   */
  private void lost(S session, int failedBefore, @Nullable Throwable cause) {
    if (now.session() != session) {
      return; // closed from here
    }
    ConnectionException loss =
        new ConnectionException(
            server.toString(),
            ConnectionException.Phase.CONNECT,
            "Lost the connection to " + server,
            cause);
    Duration held = Duration.between(now.state().since(), time());
    if (held.compareTo(backoff.full(failedBefore + 1)) < 0) {
      failures = failedBefore;
      failed(loss);
    } else {
      log.info("{}", loss.getMessage());
      begin(backoff.scatter(), loss);
    }
  }

  private void failed(Throwable failure) {
    if (is(Status.CLOSED)) {
      return;
    }
    if (failures == 0) {
      log.warn("Server {} is down: {}", server, failure.getMessage());
    }
    failures++;
    become(Status.DOWN, null, failure);
    after(backoff.pause(failures), this::attempt);
  }

  private boolean is(Status status) {
    return now.state().status() == status;
  }

  private void become(Status status, @Nullable S session, @Nullable Throwable cause) {
    if (!is(Status.CLOSED)) {
      now = new Now<>(state(status, cause), session);
      states.tryEmitNext(now.state());
      owner.changed();
    }
  }

  private ConnectionState state(Status status, @Nullable Throwable cause) {
    return new ConnectionState(server, status, time(), failures, cause);
  }

  private static Instant time() {
    return Instant.ofEpochMilli(Schedulers.parallel().now(TimeUnit.MILLISECONDS));
  }
}
