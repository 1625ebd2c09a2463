// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A function that a worker can do. The chain it is in is the order in which the worker's functions
 * are served.
 */
final class Ability extends Chain.Node<Ability> {

  /** In bytes, roughly, with what refers to it. */
  static final int SIZE = 256;

  final Abilities worker;
  final FunctionQueue function;
  final Place place = new Place(this);
  @Nullable Duration timeout; // of each run
  long turn; // when it is served next, in the order of the chain
  final Set<Priority> remembered = EnumSet.noneOf(Priority.class); // by the turns of its worker

  Ability(Abilities worker, FunctionQueue function) {
    this.worker = worker;
    this.function = function;
  }

  /** The place of the worker among those that wait for a job of the function. */
  static final class Place extends Chain.Node<Place> {

    final Ability ability;

    private Place(Ability ability) {
      this.ability = ability;
    }
  }
}
