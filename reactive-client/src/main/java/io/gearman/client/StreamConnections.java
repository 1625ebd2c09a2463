// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Connections to a plain server for jobs whose subscribers may be slower than their workers. Each
 * serves one job at a time and is not read while that job's subscriber takes nothing. They are few:
 * a job that finds none free shares a connection with others, under the buffer limit.
 *
 * <p>Subscribers come from any thread and each connection has an event loop of its own, so the
 * counters here are concurrent ones; nothing ever waits for them.
 */
final class StreamConnections implements Disposable {

  /** Makes a session that says when its job has ended. */
  interface Connector {
    Mono<ClientSession> connect(Consumer<ClientSession> onIdle);
  }

  private final Connector connector;
  private final Semaphore unused;
  private final Queue<ClientSession> idle = new ConcurrentLinkedQueue<>();
  private final Disposable.Composite open = Disposables.composite();

  StreamConnections(int size, Connector connector) {
    this.connector = connector;
    this.unused = new Semaphore(size);
  }

  /**
   * Runs a job on a connection of its own.
   *
   * @param shared where it runs if all connections are busy, or none can be made
   */
  Flux<JobEvent> run(JobRequest request, ClientSession shared) {
    return Flux.defer(
        () -> {
          ClientSession free = pollIdle();
          if (free != null) {
            return free.run(request)
                .onErrorResume(StreamConnections::isUnsent, lost -> run(request, shared));
          }
          return unused.tryAcquire() ? runOnNew(request, shared) : shared.run(request);
        });
  }

  private static boolean isUnsent(Throwable failure) {
    return failure instanceof ConnectionException lost && lost.phase() == Phase.CONNECT;
  }

  /**
   * Those that were lost while they were idle are dropped here; they are no more than the bound.
   */
  private @Nullable ClientSession pollIdle() {
    ClientSession free = idle.poll();
    while (free != null && free.isDisposed()) {
      free = idle.poll();
    }
    return free;
  }

  /**
   * Runs a job on a connection that is yet to be made. It is made even if its subscriber goes,
   * since nobody else knows of it until it is there, and is free for the next one then. If it
   * cannot be made the job shares a connection.
   */
  private Flux<JobEvent> runOnNew(JobRequest request, ClientSession shared) {
    Mono<ClientSession> opening =
        connector
            .connect(idle::add)
            .doOnNext(this::opened)
            .doOnError(failure -> unused.release())
            .cache();
    AtomicBoolean settled = new AtomicBoolean(); // the session may come while its subscriber goes
    return opening
        .onErrorReturn(shared)
        .flatMapMany(
            session -> settled.compareAndSet(false, true) ? session.run(request) : Flux.empty())
        .doOnCancel(
            () -> {
              if (settled.compareAndSet(false, true)) {
                opening.subscribe(idle::add, failure -> {});
              }
            });
  }

  private void opened(ClientSession session) {
    open.add(session);
    session.onClose().doFinally(end -> closed(session)).subscribe();
  }

  private void closed(ClientSession session) {
    open.remove(session);
    unused.release();
  }

  @Override
  public void dispose() {
    open.dispose();
  }

  @Override
  public boolean isDisposed() {
    return open.isDisposed();
  }
}
