// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

/** Something that is measured. */
interface Scenario {

  /** How it is called on the command line. */
  String name();

  /** Measures it. */
  Section run(Bench bench);
}
