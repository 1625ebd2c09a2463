// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * The session that requests share: opened when it is first wanted, and again after it was lost or
 * could not be opened. Whoever comes while it is being opened waits for the same one; leaving does
 * not stop it from being opened.
 *
 * <p>Requests come from any thread before there is a connection with an event loop, hence the
 * atomic reference. ({@code Mono.cacheInvalidateWhen} says the same in a line, but in reactor-core
 * 3.8.7 it fails if its only subscriber cancels while another thread is about to subscribe to the
 * source.)
 */
final class CurrentSession implements Disposable {

  private final Mono<ClientSession> connect;
  private final AtomicReference<@Nullable Attempt> current = new AtomicReference<>();
  private final Disposable.Swap open =
      Disposables.swap(); // disposes what it gets after its own end

  CurrentSession(Mono<ClientSession> connect) {
    this.connect = connect;
  }

  /** The session, or why there is none. */
  Mono<ClientSession> get() {
    return Mono.defer(() -> attempt().session);
  }

  private Attempt attempt() {
    Attempt known = current.get();
    while (known == null) {
      current.compareAndSet(null, new Attempt());
      known = current.get();
    }
    return known;
  }

  @Override
  public void dispose() {
    open.dispose();
  }

  @Override
  public boolean isDisposed() {
    return open.isDisposed();
  }

  /** One connection, from the wish for it to its end. */
  private final class Attempt {

    private final Mono<ClientSession> session =
        connect.doOnNext(this::opened).doOnError(failure -> over()).cache();

    private void opened(ClientSession session) {
      open.update(session);
      session.onClose().doFinally(end -> over()).subscribe();
    }

    /** Whoever comes after this begins anew. */
    private void over() {
      current.compareAndSet(this, null);
    }
  }
}
