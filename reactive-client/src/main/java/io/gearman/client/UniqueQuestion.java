// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.UniqueStatus;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/**
 * Asks for the job of a unique id.
 *
 * @param unique the id
 */
record UniqueQuestion(String unique) {

  private static final String WORKLOAD = "-"; // to servers, whose jobs have no id then

  UniqueQuestion {
    if (unique.isEmpty() || unique.equals(WORKLOAD)) {
      throw new IllegalArgumentException(
          "Servers cannot be asked for jobs of the unique id \"" + unique + '"');
    }
    UniqueId.of(unique);
  }

  /**
   * Asks all servers at once, since the job may be with any of them. One that knows it is enough;
   * if none does, one that could not be asked is an error.
   */
  <S> Mono<UniqueStatus> askAll(
      List<S> servers,
      BiFunction<S, Function<ClientSession, Mono<UniqueStatus>>, Mono<UniqueStatus>> ask) {
    return Flux.fromIterable(servers)
        .flatMap(server -> ask.apply(server, this::ask).materialize(), servers.size(), 1)
        .takeUntil(answer -> rank(answer) == 2)
        .reduce((one, other) -> rank(one) >= rank(other) ? one : other)
        .dematerialize();
  }

  private Mono<UniqueStatus> ask(ClientSession session) {
    return session.ask(
        PacketType.STATUS_RES_UNIQUE,
        StatusAnswer::readUnique,
        () -> Packet.request(PacketType.GET_STATUS_UNIQUE, UniqueId.of(unique).bytes()));
  }

  /** What says more counts for more. */
  private static int rank(Signal<UniqueStatus> answer) {
    UniqueStatus status = answer.get();
    if (status == null) {
      return 1; // an error
    }
    return status.job().known() ? 2 : 0;
  }
}
