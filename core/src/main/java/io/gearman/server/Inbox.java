// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.Packet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has asked and was not answered yet, and a long answer that is on its way. Both
 * wait while the connection takes no answers, and nothing more is read from it meanwhile: what a
 * single read brought is all that there can be.
 */
final class Inbox {

  private List<Object> messages = List.of();
  private int next;
  private Iterator<String> answer = Collections.emptyIterator();
  private boolean busy;

  /**
   * Begins to work it off; false if this is going on already: a flush on the way can have the
   * connection say that it takes data again.
   */
  boolean begin() {
    boolean free = !busy;
    busy = true;
    return free;
  }

  void end() {
    busy = false;
  }

  void add(List<Object> batch) {
    if (next == messages.size()) {
      messages = batch;
      next = 0;
    } else {
      List<Object> both = new ArrayList<>(messages.subList(next, messages.size()));
      both.addAll(batch);
      messages = both;
      next = 0;
    }
  }

  /** The next message, a {@code Packet} or a line as {@code String}; null if there is none. */
  @Nullable Object peek() {
    return next < messages.size() ? messages.get(next) : null;
  }

  /** The next message was heard. */
  void advance() {
    next++;
    if (next == messages.size()) {
      messages = List.of();
      next = 0;
    }
  }

  /** What was not heard yet never will be, and what is being answered is answered no further. */
  void clear() {
    releaseAll(messages.subList(next, messages.size()));
    messages = List.of();
    next = 0;
    answer = Collections.emptyIterator();
  }

  /** Frees what nobody will hear. */
  static void releaseAll(List<Object> messages) {
    for (Object message : messages) {
      release(message);
    }
  }

  /** Frees what was heard. */
  static void release(Object message) {
    if (message instanceof Packet packet) {
      packet.release();
    }
  }

  /** A long answer, which goes before anything else is worked off. */
  void answer(Iterator<String> parts) {
    answer = parts;
  }

  Iterator<String> answer() {
    return answer;
  }
}
