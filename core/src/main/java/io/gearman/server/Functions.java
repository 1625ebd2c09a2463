// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every function that was named. Since anybody can name one, there is a bound: past it the function
 * goes that has been idle for longest, without jobs, workers and limits.
 */
final class Functions {

  private final int max;
  private final Ready ready = new Ready();
  private final Map<ByteKey, FunctionQueue> byName = new LinkedHashMap<>();
  private final Set<FunctionQueue> idle = new LinkedHashSet<>(); // the longest first

  Functions(int max) {
    this.max = max;
  }

  Ready ready() {
    return ready;
  }

  Collection<FunctionQueue> all() {
    return byName.values();
  }

  @Nullable FunctionQueue find(byte[] name) {
    return byName.get(new ByteKey(name));
  }

  /** The function of this name, which comes into being now if need be; null if there is no room. */
  @Nullable FunctionQueue obtain(byte[] name) {
    ByteKey key = new ByteKey(name);
    FunctionQueue known = byName.get(key);
    if (known != null || !makeRoom()) {
      return known;
    }
    FunctionQueue created = new FunctionQueue(name, ready);
    byName.put(key, created);
    settle(created);
    return created;
  }

  private boolean makeRoom() {
    if (byName.size() < max) {
      return true;
    }
    List<FunctionQueue> oldest = idle.stream().limit(1).toList();
    oldest.forEach(this::drop);
    return !oldest.isEmpty();
  }

  void drop(FunctionQueue function) {
    idle.remove(function);
    byName.remove(new ByteKey(function.name));
  }

  /** Looks anew whether a function is idle: something that kept it came or went. */
  void settle(FunctionQueue function) {
    boolean isIdle = function.isIdle();
    if (isIdle != function.countsAsIdle) { // this is asked with every job
      function.countsAsIdle = isIdle;
      if (isIdle) {
        idle.add(function);
      } else {
        idle.remove(function);
      }
    }
  }
}
