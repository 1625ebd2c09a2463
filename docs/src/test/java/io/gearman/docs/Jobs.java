// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.Chunks;
import io.gearman.JobHandle;
import io.gearman.PayloadCodec;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.jackson.JacksonCodec;
import io.gearman.worker.JobFunction;
import java.time.Duration;
import java.util.stream.Collectors;
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

  static final PayloadCodec<Long> COUNT = JacksonCodec.of(Long.class);

  static final JobFunction COUNT_ERRORS =
      JobFunction.ofMono(
          PayloadCodec.utf8(),
          COUNT,
          lines -> Mono.just(lines.lines().filter(line -> line.contains(" 500 ")).count()));

  static Mono<Long> errors(GearmanClient client, Flux<byte[]> log) {
    return log.transform(Chunks.ofLines(64 << 10)) // whole lines, up to 64 KiB in one job
        .map(lines -> JobRequest.of("count-errors", lines))
        .transform(jobs -> client.callAll(jobs, 16, COUNT)) // 16 at once, on all workers
        .reduce(0L, Long::sum);
  }

  static JobFunction words(GearmanClient client) {
    return JobFunction.ofMono(
        job ->
            Flux.fromArray(new String(job.workload(), UTF_8).split(" "))
                .map(word -> JobRequest.of(job.reducer(), word, PayloadCodec.utf8()))
                .flatMapSequential(part -> client.call(part, PayloadCodec.utf8()), 16)
                .collect(Collectors.joining(" "))
                .map(text -> text.getBytes(UTF_8)));
  }
}
