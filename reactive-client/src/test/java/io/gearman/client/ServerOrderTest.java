// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ServerOrderTest {

  private static final List<String> SERVERS = List.of("a", "b", "c");

  private static ServerOrder<String> order(ServerSelection selection) {
    return ServerOrder.of(selection, SERVERS, Function.identity());
  }

  @Test
  void firstAvailableIsTheOrderOfTheList() {
    ServerOrder<String> order = order(ServerSelection.FIRST_AVAILABLE);
    assertThat(order.order("")).isEqualTo(SERVERS);
    assertThat(order.order("u")).isEqualTo(SERVERS);
  }

  @Test
  void roundRobinBeginsWithTheNextEachTime() {
    ServerOrder<String> order = order(ServerSelection.ROUND_ROBIN);
    assertThat(order.order("u")).containsExactly("a", "b", "c");
    assertThat(order.order("u")).containsExactly("b", "c", "a");
    assertThat(order.order("u")).containsExactly("c", "a", "b");
    assertThat(order.order("u")).containsExactly("a", "b", "c");
  }

  @Test
  void onTheRingEqualIdsHaveOneOrder() {
    ServerOrder<String> order = order(ServerSelection.RING);
    for (int i = 0; i < 100; i++) {
      String unique = "u" + i;
      assertThat(order.order(unique)).isEqualTo(order.order(unique));
    }
  }

  @Test
  void onTheRingJobsWithoutAnIdGoRoundRobin() {
    ServerOrder<String> order = order(ServerSelection.RING);
    assertThat(order.order("").get(0)).isEqualTo("a");
    assertThat(order.order("").get(0)).isEqualTo("b");
  }
}
