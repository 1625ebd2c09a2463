// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * In which order servers come into question for a job.
 *
 * @param <T> what stands for a server
 */
interface ServerOrder<T> {

  /**
   * All servers, the preferred one first.
   *
   * @param unique the unique id of the job, empty for none
   */
  List<T> order(String unique);

  static <T> ServerOrder<T> of(
      ServerSelection selection, List<T> servers, Function<T, String> name) {
    return switch (selection) {
      case FIRST_AVAILABLE -> unique -> servers;
      case ROUND_ROBIN -> rotating(servers);
      case RING -> ring(servers, name);
    };
  }

  private static <T> ServerOrder<T> rotating(List<T> servers) {
    // Atomic, as jobs come from any thread; two that come together need no order among them.
    AtomicInteger turn = new AtomicInteger();
    return unique -> {
      List<T> order = new ArrayList<>(servers);
      Collections.rotate(order, -Math.floorMod(turn.getAndIncrement(), servers.size()));
      return order;
    };
  }

  private static <T> ServerOrder<T> ring(List<T> servers, Function<T, String> name) {
    HashRing<T> ring = new HashRing<>(servers, name);
    ServerOrder<T> rest = rotating(servers);
    return unique -> unique.isEmpty() ? rest.order(unique) : ring.order(unique);
  }
}
