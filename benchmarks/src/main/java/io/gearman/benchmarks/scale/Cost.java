// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

/**
 * What an operation costs in a situation that should not matter to it, to what it costs as such.
 *
 * @param name in words
 * @param byMinima the ratio of the lowest costs, which decides: other load only adds
 * @param byMedians the ratio of the medians
 * @param flat whether the first is within the tolerance
 * @param limit what it is that costs more, as far as that is known; or empty
 */
public record Cost(String name, double byMinima, double byMedians, boolean flat, String limit) {

  /** By how much a flat cost may be higher. */
  public static final double TOLERANCE = 0.20;
}
