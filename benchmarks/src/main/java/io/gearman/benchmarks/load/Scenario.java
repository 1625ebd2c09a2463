// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;

/** Something that is measured. */
interface Scenario {

  /** How it is called on the command line. */
  String name();

  /** Its targets, if it cannot be measured. */
  List<Verdict> unmeasured(Plan plan, String reason);

  /** Measures it. */
  Section run(Bench bench);
}
