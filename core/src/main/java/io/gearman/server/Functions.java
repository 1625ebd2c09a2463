// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.PacketDecoder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every function that was named. Since anybody can name one, there is a bound: past it the function
 * goes that has been idle for longest, without jobs, workers and limits.
 */
final class Functions {

  /** Of a name on average, once there is more than one: what libgearman has as the longest. */
  private static final int NAME = 512;

  private static final int LONGEST_NAME = PacketDecoder.MAX_ARGUMENT_SIZE;

  private final int max;
  private final long maxBytes; // of all names
  private long bytes;
  private final Ready ready = new Ready();
  private final Map<ByteKey, FunctionQueue> byName = new LinkedHashMap<>();
  private final Set<FunctionQueue> idle = new LinkedHashSet<>(); // the longest first

  Functions(int max) {
    this.max = max;
    this.maxBytes = LONGEST_NAME + (long) NAME * (max - 1);
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
    if (known != null || !makeRoom(name.length)) {
      return known;
    }
    FunctionQueue created = new FunctionQueue(name, ready);
    byName.put(key, created);
    bytes += name.length;
    settle(created);
    return created;
  }

  private boolean makeRoom(int length) {
    while (byName.size() == max || bytes + length > maxBytes) {
      if (idle.isEmpty()) {
        return false;
      }
      drop(idle.iterator().next());
    }
    return true;
  }

  void drop(FunctionQueue function) {
    idle.remove(function);
    if (byName.remove(new ByteKey(function.name)) != null) {
      bytes -= function.name.length;
    }
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
