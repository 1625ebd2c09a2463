// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A consistent hash ring as ketama has it: each member has 160 places on it, four from each MD5 of
 * {@code name-number}.
 *
 * @param <T> what the members are
 */
final class HashRing<T> {

  private static final int DIGESTS = 40;
  private static final int PLACES = 4; // of each digest

  private final TreeMap<Long, T> ring = new TreeMap<>();
  private final List<T> members;

  HashRing(List<T> members, Function<T, String> name) {
    this.members = members;
    for (T member : members) {
      for (int i = 0; i < DIGESTS; i++) {
        byte[] digest = md5(name.apply(member) + '-' + i);
        for (int place = 0; place < PLACES; place++) {
          ring.put(number(digest, place), member);
        }
      }
    }
  }

  /** All members, in the order in which they come after the hash of a key. */
  List<T> order(String key) {
    long hash = number(md5(key), 0);
    Set<T> order = new LinkedHashSet<>();
    collect(ring.tailMap(hash), order);
    collect(ring.headMap(hash), order);
    return List.copyOf(order);
  }

  private void collect(Map<Long, T> places, Set<T> order) {
    for (T member : places.values()) {
      if (order.size() == members.size()) {
        return;
      }
      order.add(member);
    }
  }

  private static long number(byte[] digest, int place) {
    int at = 4 * place;
    return ((digest[at + 3] & 0xFFL) << 24)
        | ((digest[at + 2] & 0xFFL) << 16)
        | ((digest[at + 1] & 0xFFL) << 8)
        | (digest[at] & 0xFFL);
  }

  private static byte[] md5(String text) {
    try {
      return MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has MD5", e);
    }
  }
}
