// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobHandle;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Has jobs dropped that nobody waits for any more, at a server that hears of it by other means than
 * packets: few at a time, and as far as they find room. What is not dropped runs for nobody.
 *
 * <p>Confined to the event loop of a session, hence the plain fields.
 */
final class Cancellations {

  static final int AT_ONCE = 4;
  static final int MAX_WAITING = 10_000;

  private static final Logger log = LoggerFactory.getLogger(GearmanClient.class);

  private final Function<JobHandle, Mono<Void>> cancel;
  private final Executor loop;
  private final Queue<JobHandle> waiting = new ArrayDeque<>();
  private int active;

  Cancellations(Function<JobHandle, Mono<Void>> cancel, Executor loop) {
    this.cancel = cancel;
    this.loop = loop;
  }

  void add(JobHandle handle) {
    if (waiting.size() < MAX_WAITING) {
      waiting.add(handle);
      next();
    }
  }

  /** The connection is lost, and its jobs with it: their handles may soon be those of others. */
  void clear() {
    waiting.clear();
  }

  private void next() {
    JobHandle handle = active < AT_ONCE ? waiting.poll() : null;
    if (handle != null) {
      active++;
      Mono.defer(() -> cancel.apply(handle))
          .doFinally(end -> loop.execute(this::ended))
          .subscribe(
              none -> {},
              failure -> log.debug("Job {} is not cancelled: {}", handle, failure.getMessage()));
    }
  }

  private void ended() {
    active--;
    next();
  }
}
