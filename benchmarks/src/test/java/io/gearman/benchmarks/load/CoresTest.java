// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {

  @Test
  void readsAListOfRanges() {
    assertThat(Cores.parse("0-3,8,10-11")).containsExactly(0, 1, 2, 3, 8, 10, 11);
    assertThat(Cores.parse("5")).containsExactly(5);
  }

  @Test
  void givesEachProcessItsOwnAndTheServerWhatIsLeftOver() {
    Cores cores = new Cores(List.of(0, 1, 2, 3, 8, 9, 10));

    assertThat(cores.prefix(0, 2)).containsExactly("taskset", "-c", "0,1,2,3");
    assertThat(cores.prefix(1, 2)).containsExactly("taskset", "-c", "8,9,10");
    assertThat(cores.prefix(0, 3)).containsExactly("taskset", "-c", "0,1,2");
    assertThat(cores.prefix(1, 3)).containsExactly("taskset", "-c", "3,8");
    assertThat(cores.prefix(2, 3)).containsExactly("taskset", "-c", "9,10");
  }

  @Test
  void pinsNothingWhereAProcessWouldHaveOneCore() {
    assertThat(new Cores(List.of(0, 1, 2, 3, 4)).prefix(0, 3)).isEmpty();
    assertThat(new Cores(List.of(0, 1, 2, 3, 4)).prefix(0, 2)).isEmpty(); // as those of three
    assertThat(Cores.NOT_PINNED.prefix(0, 2)).isEmpty();
  }
}
