// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerProcessTest {

  @Test
  void itSpeaksByLines() {
    try (PeerProcess process = shell("while read line; do echo \"<$line>\"; done")) {
      process.writeLine("one");
      assertThat(process.awaitLine()).isEqualTo("<one>");
      process.writeLine("two");
      assertThat(process.awaitEnd()).containsExactly("<one>", "<two>");
    }
  }

  @Test
  void itIsGivenAnEnvironment() {
    try (PeerProcess process = shell("echo $GREETING")) {
      assertThat(process.awaitLine()).isEqualTo("hello");
    }
  }

  @Test
  void itsOutputMayBeMoreThanAPipeHolds() {
    try (PeerProcess process = shell("yes | head -n 100000")) {
      assertThat(process.awaitEnd()).hasSize(100_000);
    }
  }

  @Test
  void whatIsMissingIsSaidTogetherWithAllThatCame() {
    try (PeerProcess process = shell("echo one; echo two >&2")) {
      process.awaitLine();
      assertThatThrownBy(process::awaitLine)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("sh -c")
          .hasMessageContaining("[one]")
          .hasMessageContaining("errors: two");
    }
  }

  @Test
  void itCanBeKilled() {
    try (PeerProcess process = shell("trap '' TERM; echo up; read line; echo down")) {
      process.awaitLine();
      process.kill();
      assertThat(process.awaitEnd()).containsExactly("up");
    }
  }

  @Test
  void aProgramSucceedsThatExistsAndExitsWithZero() {
    assertThat(PeerProcess.succeeds(Map.of(), List.of("true"))).isTrue();
    assertThat(PeerProcess.succeeds(Map.of(), List.of("false"))).isFalse();
    assertThat(PeerProcess.succeeds(Map.of(), List.of("no-such-program"))).isFalse();
  }

  private static PeerProcess shell(String script) {
    return PeerProcess.start(Map.of("GREETING", "hello"), List.of("sh", "-c", script));
  }
}
