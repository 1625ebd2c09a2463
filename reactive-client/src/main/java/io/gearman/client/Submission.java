// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.GearmanException;
import io.gearman.JobLostException;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.ServerErrorException;
import io.gearman.transport.ServerLink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One job on its way to a server. While it surely was not accepted it moves on: to the next server
 * if one refuses it, and to whichever is ready if the connection was lost before it was written. If
 * its fate is unknown it is sent again only as often as it allows.
 *
 * <p>Its steps follow each other, hence the plain fields.
 *
 * @param <T> what comes of it where it is accepted
 */
abstract class Submission<T> {

  private static final long NONE = -1;

  private final Servers servers;
  private final JobRequest job;
  private List<ServerLink<ClientSession>> order; // those that come into question
  private int attempts; // how often it is written at most while its fate is unknown
  private long start = NONE; // of the first wait for a server, until it is written
  private @Nullable GearmanException unknown; // of the last attempt whose fate is not known

  Submission(Servers servers, JobRequest job) {
    this.servers = servers;
    this.job = job;
    this.order = servers.order(job);
    this.attempts = job.attempts();
  }

  final Servers servers() {
    return servers;
  }

  final JobRequest job() {
    return job;
  }

  /** What comes of it at a server; whoever implements it sees to what comes after a failure. */
  abstract Flux<T> send(ClientSession session);

  /** What comes of it wherever it is accepted; to be subscribed to at once, and once. */
  final Flux<T> through() {
    ClientSession session = servers.links().readyNow(order);
    return session == null ? whenReady() : at(session);
  }

  private Flux<T> whenReady() {
    if (start == NONE) {
      start = now();
    }
    long left = servers.settings().connectLimit().toMillis() - now() + start;
    return servers
        .links()
        .ready(order, Duration.ofMillis(Math.max(1, left)))
        .onErrorMap(this::outcome)
        .flatMapMany(this::at);
  }

  private Flux<T> at(ClientSession session) {
    return job.failFast() ? ifServed(session) : send(session);
  }

  private Flux<T> ifServed(ClientSession session) {
    return servers
        .served(job, session.server())
        .thenReturn(send(session))
        .onErrorResume(GearmanException.class, failure -> Mono.just(after(session, failure)))
        .flatMapMany(Function.identity());
  }

  /** What comes of it after a server has failed it, which may be the failure. */
  public final Flux<T> after(ClientSession session, GearmanException failure) {
    if (isUncertain(failure)) {
      unknown = failure;
      attempts--;
      start = NONE;
      return attempts > 0 ? through() : Flux.error(failure);
    }
    boolean unwritten =
        failure instanceof ConnectionException lost && lost.phase() == Phase.CONNECT;
    if (unwritten && session.isDisposed()) {
      return through();
    }
    if (unwritten
        || failure instanceof ServerErrorException
        || failure instanceof NoWorkerException) {
      order = order.stream().filter(link -> !link.server().equals(session.server())).toList();
      return order.isEmpty() ? Flux.error(outcome(failure)) : through();
    }
    return Flux.error(failure instanceof TooManyJobsException ? outcome(failure) : failure);
  }

  /** That this attempt surely failed says nothing of one before it. */
  private Throwable outcome(Throwable failure) {
    GearmanException before = unknown;
    if (before == null) {
      return failure;
    }
    before.addSuppressed(failure);
    return before;
  }

  private static boolean isUncertain(GearmanException failure) {
    return failure instanceof JobLostException
        || (failure instanceof ConnectionException lost && lost.phase() == Phase.UNANSWERED)
        || (failure instanceof JobTimeoutException late && late.limit() == Limit.ACCEPT);
  }

  private static long now() {
    return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
  }
}
