// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashRingTest {

  private static final List<String> SERVERS = List.of("a:4730", "b:4730", "c:4730");
  private static final List<String> KEYS =
      IntStream.range(0, 3_000).mapToObj(i -> "key-" + i).toList();

  private static HashRing<String> ring(List<String> servers) {
    return new HashRing<>(servers, Function.identity());
  }

  @Test
  void eachKeyHasAllServersInAnOrderOfItsOwn() {
    HashRing<String> ring = ring(SERVERS);
    assertThat(KEYS)
        .allSatisfy(
            key -> assertThat(ring.order(key)).containsExactlyInAnyOrderElementsOf(SERVERS));
    assertThat(KEYS.stream().map(ring::order).distinct()).hasSize(6);
  }

  @Test
  void theOrderOfTheListDoesNotMatter() {
    HashRing<String> ring = ring(SERVERS);
    HashRing<String> other = ring(List.of("c:4730", "a:4730", "b:4730"));
    assertThat(KEYS).allSatisfy(key -> assertThat(other.order(key)).isEqualTo(ring.order(key)));
  }

  @Test
  void withoutAServerOnlyItsOwnKeysMove() {
    HashRing<String> ring = ring(SERVERS);
    HashRing<String> fewer = ring(SERVERS.subList(0, 2));
    assertThat(KEYS)
        .allSatisfy(
            key -> {
              List<String> left = new ArrayList<>(ring.order(key));
              left.remove("c:4730");
              assertThat(fewer.order(key)).isEqualTo(left);
            });
  }

  @Test
  void keysAreSpreadOverTheServers() {
    HashRing<String> ring = ring(SERVERS);
    Map<String, Long> share =
        KEYS.stream()
            .collect(Collectors.groupingBy(key -> ring.order(key).get(0), Collectors.counting()));
    assertThat(share.values())
        .hasSize(3)
        .allSatisfy(keys -> assertThat(keys).isBetween(700L, 1300L));
  }
}
