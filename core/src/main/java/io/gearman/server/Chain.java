// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list whose elements carry their own links, so that any of them can be taken out at once however
 * long it is: a job whose client is gone, a listener whose job has ended. An element is in one
 * chain at most.
 */
final class Chain<N extends Chain.Node<N>> {

  /** An element. */
  abstract static class Node<N extends Node<N>> {
    @Nullable Chain<N> chain;
    @Nullable N previous;
    @Nullable N next;
  }

  private @Nullable N first;
  private @Nullable N last;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Nullable N first() {
    return first;
  }

  @Nullable N last() {
    return last;
  }

  /** The elements as they are now. */
  List<N> toList() {
    List<N> nodes = new ArrayList<>(size);
    for (N node = first; node != null; node = node.next) {
      nodes.add(node);
    }
    return nodes;
  }

  void addLast(N node) {
    if (node.chain != null) {
      throw new IllegalStateException("The element is in a chain already");
    }
    node.chain = this;
    node.previous = last;
    N before = last;
    if (before == null) {
      first = node;
    } else {
      before.next = node;
    }
    last = node;
    size++;
  }

  void addFirst(N node) {
    if (node.chain != null) {
      throw new IllegalStateException("The element is in a chain already");
    }
    node.chain = this;
    node.next = first;
    N after = first;
    if (after == null) {
      last = node;
    } else {
      after.previous = node;
    }
    first = node;
    size++;
  }

  @Nullable N pollFirst() {
    N node = first;
    if (node != null) {
      remove(node);
    }
    return node;
  }

  /** Takes an element out; nothing happens if it is in no chain. */
  static <N extends Node<N>> void unlink(N node) {
    Chain<N> chain = node.chain;
    if (chain != null) {
      chain.remove(node);
    }
  }

  private void remove(N node) {
    N previous = node.previous;
    N next = node.next;
    if (previous == null) {
      first = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.previous = previous;
    }
    node.chain = null;
    node.previous = null;
    node.next = null;
    size--;
  }
}
