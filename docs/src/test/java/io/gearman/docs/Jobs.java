// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.JobHandle;
import io.gearman.PayloadCodec;
import io.gearman.client.GearmanClient;
import io.gearman.jackson.JacksonCodec;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What docs/jobs.md shows. */
final class Jobs {

  private Jobs() {}

  record Order(String customer, int socks) {}

  static final PayloadCodec<Order> ORDER = JacksonCodec.of(Order.class);

  /** What the worker does. */
  static final JobFunction PRICE =
      JobFunction.ofMono(
          ORDER, PayloadCodec.utf8(), order -> Mono.just(5 * order.socks() + " EUR"));

  /** What the client asks for. */
  static Mono<String> price(GearmanClient client, Order order) {
    return client.call("price", order, ORDER, PayloadCodec.utf8());
  }

  static Flux<String> progress(GearmanClient client, JobHandle handle) {
    return client
        .watch(handle, Duration.ofSeconds(1))
        .map(job -> job.known() ? job.done() + " of " + job.total() : "gone");
  }
}
