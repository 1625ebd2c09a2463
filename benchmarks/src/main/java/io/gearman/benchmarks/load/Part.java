// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.Locale;

/** What a process is in a system under load. */
enum Part {
  SERVER,
  WORKER,
  CLIENT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
