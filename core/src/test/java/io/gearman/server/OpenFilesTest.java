// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFilesTest {

  @ParameterizedTest
  @CsvSource({
    "60, 30",
    "256, 128",
    "1024, 896",
    "4096, 3687",
    "1048576, 10000",
    "20000, 10000",
    "-1, 10000"
  })
  void theRestOfTheProcessIsLeftSome(long files, int connections) {
    assertThat(OpenFiles.atMost(10_000, files)).isEqualTo(connections);
  }

  @Test
  void theFilesAreThoseOfThisProcess() {
    assertThat(OpenFiles.atMost(Integer.MAX_VALUE))
        .isEqualTo(OpenFiles.atMost(Integer.MAX_VALUE, ofThisProcess()));
    assertThat(OpenFiles.atMost(1)).isEqualTo(1);
  }

  /** A system that does not say has no limit. */
  private static long ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : -1;
  }
}
