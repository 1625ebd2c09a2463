// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each cell of the table of what strangers can do. */
class StrangerTest {

  static Stream<Arguments> cells() {
    return Arrays.stream(Deed.values())
        .flatMap(deed -> Arrays.stream(Setup.values()).map(setup -> Arguments.of(deed, setup)));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aStrangerCanDoWhatTheTableSays(Deed deed, Setup setup) {
    assertThat(deed.succeeds(setup)).isEqualTo(deed.isPossible(setup));
  }

  static Stream<Arguments> httpCells() {
    return Arrays.stream(HttpDeed.values())
        .flatMap(deed -> Arrays.stream(HttpSetup.values()).map(setup -> Arguments.of(deed, setup)));
  }

  @ParameterizedTest
  @MethodSource("httpCells")
  void aStrangerCanDoOverHttpWhatTheTableSays(HttpDeed deed, HttpSetup setup) {
    assertThat(deed.succeeds(setup)).isEqualTo(deed.isPossible(setup));
  }
}
