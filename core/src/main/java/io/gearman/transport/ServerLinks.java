// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import io.gearman.ConnectionException;
import io.gearman.transport.ConnectionState.Status;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * A connection to each server of a list, kept up from the first use on. None needs to be there at
 * the start; attempts that fail are repeated with growing pauses, and look up the host anew.
 *
 * <p>Confined to one event loop, hence the plain fields; sessions may live on others. What is
 * public may be called from any thread.
 *
 * @param <S> what is kept on each connection
 */
public final class ServerLinks<S extends ServerLink.Session> implements Disposable {

  private record Waiter<S extends ServerLink.Session>(
      List<ServerLink<S>> order, MonoSink<S> sink) {}

  private final EventExecutor loop;
  private final int maxWaiting;
  private final List<ServerLink<S>> links;
  private final Set<Waiter<S>> waiters = new LinkedHashSet<>();
  private volatile boolean opened; // so that it is asked once, by whoever comes first
  private volatile boolean disposed;

  ServerLinks(
      List<ServerAddress> servers,
      Backoff backoff,
      Duration preference,
      Function<ServerAddress, Mono<S>> connect,
      int maxWaiting,
      EventExecutor loop) {
    this.loop = loop;
    this.maxWaiting = maxWaiting;
    this.links =
        ServerAddress.requireList(servers).stream()
            .map(
                server ->
                    new ServerLink<>(server, connect.apply(server), backoff, preference, this))
            .toList();
  }

  /**
   * Links to these servers, which connect to nobody yet.
   *
   * @param backoff the pauses between attempts
   * @param preference how long a server that is connected to for the first time, or again after a
   *     loss, is waited for before the next one is taken in its place
   * @param connect for each server an attempt for each subscription: it connects, sets the
   *     connection up (options, client id, functions) and emits what is to be kept, once it is
   *     ready for use
   * @param maxWaiting how many may wait for a server at once
   * @throws IllegalArgumentException if the list is empty or has a server twice
   */
  public static <S extends ServerLink.Session> ServerLinks<S> create(
      List<ServerAddress> servers,
      Backoff backoff,
      Duration preference,
      Function<ServerAddress, Mono<S>> connect,
      int maxWaiting) {
    EventExecutor loop = TcpResources.get().onClient(LoopResources.DEFAULT_NATIVE).next();
    return new ServerLinks<>(servers, backoff, preference, connect, maxWaiting, loop);
  }

  /**
   * Links whose sessions live on one event loop, as these links then do; nobody waits for a server.
   *
   * @param servers the servers
   * @param settings how to connect; all sessions are on {@code loop} if they are made with {@link
   *     ConnectionSettings#on} the same
   * @param connect as in the other
   */
  public static <S extends ServerLink.Session> ServerLinks<S> on(
      EventExecutor loop,
      List<ServerAddress> servers,
      ConnectionSettings settings,
      Function<ServerAddress, Mono<S>> connect) {
    return new ServerLinks<>(
        servers, settings.backoff(), settings.connectTimeout(), connect, 0, loop);
  }

  /** The links in the order of the list. */
  public List<ServerLink<S>> links() {
    return links;
  }

  /** Begins to connect to all of them; nothing happens the second time. */
  public void open() {
    if (!opened) {
      opened = true;
      execute(() -> links.forEach(ServerLink::open));
    }
  }

  /**
   * Emits the session of the first server that is ready, of these in this order. A server that is
   * connected to for the first time, or again after a loss, is waited for as long as it is
   * preferred before the next one is taken in its place. If none is ready it waits.
   *
   * <p>It signals at once, or on the loop of these links; with a {@link ConnectionException} of
   * phase CONNECT if none has become ready in time, or too many wait already.
   *
   * @param patience how long to wait at most
   */
  public Mono<S> ready(List<ServerLink<S>> order, Duration patience) {
    return Mono.defer(
        () -> {
          S session = readyNow(order);
          return session == null ? awaited(order, patience) : Mono.just(session);
        });
  }

  /** What {@link #ready} would emit at once, or null if it would wait. */
  public @Nullable S readyNow(List<ServerLink<S>> order) {
    open();
    return first(order);
  }

  private @Nullable S first(List<ServerLink<S>> order) {
    for (ServerLink<S> link : order) {
      S session = link.session();
      if (session != null) {
        return session.isDisposed() ? null : session; // its loss is about to be noted
      }
      if (link.state().status() == Status.CONNECTING) {
        return null;
      }
    }
    return null;
  }

  private Mono<S> awaited(List<ServerLink<S>> order, Duration patience) {
    return Mono.create(
        sink -> {
          Waiter<S> waiter = new Waiter<>(order, sink);
          execute(() -> admit(waiter)); // first, as whoever has gone already is removed at once
          Disposable timer = Mono.delay(patience).subscribe(over -> expire(waiter, patience));
          sink.onDispose(
              () -> {
                timer.dispose();
                execute(() -> waiters.remove(waiter));
              });
        });
  }

  /**
   * On the loop, so that those who wait together are told one after the other: the first one that
   * fails may well cancel the rest.
   */
  private void expire(Waiter<S> waiter, Duration patience) {
    try {
      execute(
          () -> {
            if (waiters.remove(waiter)) {
              giveUp(waiter, patience);
            }
          });
    } catch (RejectedExecutionException loopHasEnded) {
      giveUp(waiter, patience);
    }
  }

  private void giveUp(Waiter<S> waiter, Duration patience) {
    waiter.sink().error(noneReady(waiter.order(), "for " + patience.toMillis() + " ms"));
  }

  private void admit(Waiter<S> waiter) {
    if (disposed) {
      waiter.sink().error(noneReady(waiter.order(), "any more"));
    } else if (waiters.size() >= maxWaiting) {
      waiter.sink().error(noneReady(waiter.order(), "and " + maxWaiting + " wait already"));
    } else {
      waiters.add(waiter);
      serve(waiter);
    }
  }

  private void serve(Waiter<S> waiter) {
    S session = first(waiter.order());
    if (session != null && waiters.remove(waiter)) {
      waiter.sink().success(session);
    }
  }

  private ConnectionException noneReady(List<ServerLink<S>> order, String how) {
    Throwable last =
        order.stream()
            .map(link -> link.state().cause())
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    String states = order.stream().map(ServerLinks::described).collect(Collectors.joining("; "));
    return new ConnectionException(
        order.get(0).server().toString(),
        ConnectionException.Phase.CONNECT,
        "No server was ready " + how + ": " + states,
        last);
  }

  private static String described(ServerLink<?> link) {
    ConnectionState state = link.state();
    Throwable cause = state.cause();
    return link.server()
        + " is "
        + state.status()
        + (cause == null ? "" : " (" + cause.getMessage() + ')');
  }

  /** The states of all servers, as {@link ServerLink#states}. */
  public Flux<ConnectionState> states() {
    return Flux.fromIterable(links).flatMap(ServerLink::states, links.size(), 1);
  }

  // ---- what the links use

  void execute(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  void changed() {
    List.copyOf(waiters).forEach(this::serve);
  }

  // ----

  /** Closes all connections; whoever waits for one is told. */
  @Override
  public void dispose() {
    if (!disposed) {
      disposed = true;
      execute(
          () -> {
            links.forEach(ServerLink::close);
            List<Waiter<S>> left = List.copyOf(waiters);
            waiters.clear();
            left.forEach(waiter -> waiter.sink().error(noneReady(waiter.order(), "any more")));
          });
    }
  }

  @Override
  public boolean isDisposed() {
    return disposed;
  }
}
