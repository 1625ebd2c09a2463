// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.QueueFullException;
import io.gearman.ServerErrorException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.PacketConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Those who wait for an answer on one connection, in the order of their requests, which is that of
 * the answers. Whoever has waited for too long is told and keeps its place: the answer may come
 * yet, and is not the next one's.
 *
 * <p>Confined to the event loop of the connection, hence the plain fields.
 */
final class Replies {

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);

  private final PacketConnection connection;
  private final Duration limit;
  private final ArrayDeque<Reply> line = new ArrayDeque<>();
  private final Disposable.Swap timer = Disposables.swap();
  private boolean answering;
  private boolean timed; // the timer runs; it is left to run out when the line is empty

  Replies(PacketConnection connection, Duration limit) {
    this.connection = connection;
    this.limit = limit;
  }

  boolean isEmpty() {
    return line.isEmpty();
  }

  /** How many wait; whoever gets an answer now does not. */
  int size() {
    return line.size() - (answering ? 1 : 0);
  }

  void add(Reply reply) {
    reply.since = now();
    line.add(reply);
    if (!timed) {
      watch(limit.toMillis());
    }
  }

  /**
   * An answer for whoever is first in line, who stays there if it is the wrong one, to hear of the
   * loss.
   */
  void answer(Packet packet) {
    Reply first = line.peek();
    if (first == null || first.expected() != packet.type()) {
      throw new ProtocolException(
          "Server %s sent %s where %s was due"
              .formatted(
                  connection.server(), packet, first == null ? "nothing" : first.expected()));
    }
    answering = true;
    try {
      if (first.late) {
        first.onLateAnswer(packet);
      } else {
        first.onAnswer(packet);
      }
    } finally {
      answering = false;
    }
    line.poll();
  }

  /** The request of whoever is first in line was refused; false if nobody is there. */
  boolean refuse(Packet error) {
    Reply first = line.poll();
    if (first != null && !first.late) {
      first.onFailure(refusal(error.text(0), error.text(1)));
    }
    return first != null;
  }

  private ServerErrorException refusal(String code, String text) {
    String server = connection.server().toString();
    return code.equals(QueueFullException.CODE)
        ? new QueueFullException(server, text)
        : new ServerErrorException(server, code, text);
  }

  /** No answers come any more. */
  void clear(RuntimeException reason) {
    timer.dispose();
    List<Reply> unanswered = List.copyOf(line);
    line.clear();
    unanswered.stream().filter(reply -> !reply.late).forEach(reply -> fail(reply, reason));
  }

  /** Whoever cannot bear it must not keep the others from hearing of it. */
  static void fail(Reply waiting, RuntimeException reason) {
    try {
      waiting.onFailure(reason);
    } catch (Throwable thrown) {
      log.warn("A subscriber threw on the failure of its request", thrown);
    }
  }

  // ---- time

  private void watch(long millis) {
    timed = true;
    timer.update(
        Mono.delay(Duration.ofMillis(millis))
            .subscribe(over -> connection.executor().execute(this::look), loopHasEnded -> {}));
  }

  private void look() {
    timed = false;
    for (Reply reply : List.copyOf(line)) {
      long left = reply.since + limit.toMillis() - now();
      if (left > 0) {
        watch(left);
        return;
      }
      if (!reply.late) {
        reply.late = true;
        fail(
            reply,
            new JobTimeoutException(Limit.ACCEPT, limit, connection.server().toString(), null));
      }
    }
  }

  private static long now() {
    return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
  }
}
