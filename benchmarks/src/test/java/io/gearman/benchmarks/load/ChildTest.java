// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ChildTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Child shell(String script) {
    return Child.start("shell", List.of("sh", "-c", script), folder, folder.resolve("log"));
  }

  @Test
  void isToldWhatToDoAndSaysWhatItHasMeasured() {
    try (Child child =
        shell("echo ready; read x; echo \"result jobs=$x nanos=1 bytes=0\"; echo end; cat")) {
      child.awaitReady(LONG);

      assertThat(child.measure("17", LONG).jobs()).isEqualTo(17);
    }
  }

  @Test
  void canBeEndedWhileItWaits() {
    Child child = shell("echo ready; exec cat");
    child.awaitReady(LONG);
    assertThat(child.isAlive()).isTrue();

    child.close();

    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void leavesItsLastWordsIfItEndsByItself() {
    try (Child child = shell("echo no such thing >&2; exit 1")) {
      assertThatThrownBy(() -> child.awaitReady(LONG))
          .isInstanceOf(LoadException.class)
          .hasMessageContaining("shell has ended: no such thing");
    }
  }

  @Test
  void isNotWaitedForLongerThanItMayTake() {
    try (Child child = shell("exec cat")) {
      assertThatThrownBy(() -> child.line(Duration.ofMillis(1)))
          .isInstanceOf(LoadException.class)
          .hasMessageContaining("no answer within PT0.001S from shell");
    }
  }
}
