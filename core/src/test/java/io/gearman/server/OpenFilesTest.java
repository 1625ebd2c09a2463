// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OpenFilesTest {

  @Test
  void fewConnectionsAreLeftAsTheyAre() {
    assertThat(OpenFiles.atMost(1)).isEqualTo(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void atMostNineTenthsOfTheFilesAreConnections() {
    long files =
        ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getMaxFileDescriptorCount();
    assertThat((long) OpenFiles.atMost(Integer.MAX_VALUE))
        .isBetween(files / 2, Math.min(files - files / 20, Integer.MAX_VALUE));
  }
}
