// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What happened before something was wrong, without what need not have happened. */
final class History {

  private History() {}

  /**
   * Of steps that fail those that must all be there; jqwik would give up long before.
   *
   * @param failure what is wrong after such steps, or nothing
   */
  static <S> List<S> needed(List<S> steps, Function<List<S>, String> failure) {
    List<S> needed = steps;
    for (int size = steps.size() / 2; size > 0; size /= 2) {
      for (int from = needed.size() - size; from >= 0; from -= size) {
        List<S> rest = new ArrayList<>(needed);
        rest.subList(from, from + size).clear();
        needed = failure.apply(rest).isEmpty() ? needed : rest;
      }
    }
    return needed.size() < steps.size() ? needed(needed, failure) : steps;
  }
}
