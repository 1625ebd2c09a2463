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
import io.gearman.transport.ServerLinks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * One job on its way to a server. While it surely was not accepted it moves on: to the next server
 * if one refuses it, and to whichever is ready if the connection was lost before it was written. If
 * its fate is unknown it is sent again only as often as it allows.
 *
 * <p>Its steps follow each other, hence the plain fields.
 */
final class Submission {

  private final ServerLinks<ClientSession> links;
  private final Duration patience;
  private long start = now();
  private int attempts;
  private List<ServerLink<ClientSession>> order;
  private @Nullable GearmanException unknown; // of the last attempt whose fate is not known

  /**
   * @param order the servers that come into question, the preferred one first
   * @param patience how long it may take until it is written, counted anew for each attempt
   * @param attempts how often it is written at most while its fate is unknown
   */
  Submission(
      ServerLinks<ClientSession> links,
      List<ServerLink<ClientSession>> order,
      Duration patience,
      int attempts) {
    this.attempts = attempts;
    this.links = links;
    this.order = order;
    this.patience = patience;
  }

  /** What comes of it where it is accepted; to be subscribed to once. */
  <T> Flux<T> through(Function<ClientSession, Publisher<T>> send) {
    return links
        .ready(order, Duration.ofMillis(Math.max(1, patience.toMillis() - now() + start)))
        .onErrorMap(this::outcome)
        .flatMapMany(
            session ->
                Flux.from(send.apply(session))
                    .onErrorResume(
                        GearmanException.class, failure -> next(session, failure, send)));
  }

  private <T> Flux<T> next(
      ClientSession session, GearmanException failure, Function<ClientSession, Publisher<T>> send) {
    if (isUncertain(failure)) {
      unknown = failure;
      attempts--;
      start = now();
      return attempts > 0 ? through(send) : Flux.error(failure);
    }
    boolean unwritten =
        failure instanceof ConnectionException lost && lost.phase() == Phase.CONNECT;
    if (unwritten && session.isDisposed()) {
      return through(send);
    }
    if (unwritten
        || failure instanceof ServerErrorException
        || failure instanceof NoWorkerException) {
      order = order.stream().filter(link -> !link.server().equals(session.server())).toList();
      return order.isEmpty() ? Flux.error(outcome(failure)) : through(send);
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
