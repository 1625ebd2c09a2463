// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.worker.SessionFixture.bytes;
import static io.gearman.worker.SessionFixture.completed;
import static io.gearman.worker.SessionFixture.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class PiecesTest {

  private static Pieces cut(JobUpdate whole, String bytes, int limit) {
    return new Pieces(whole, bytes(bytes), limit);
  }

  @Test
  void dataIsCutIntoData() {
    assertThat(cut(data("abcde"), "abcde", 2))
        .toIterable()
        .containsExactly(data("ab"), data("cd"), data("e"));
  }

  @Test
  void aWarningIsCutIntoWarnings() {
    JobUpdate whole = new JobEvent.Warning(bytes("abcd"));
    assertThat(cut(whole, "abcd", 3))
        .toIterable()
        .containsExactly(new JobEvent.Warning(bytes("abc")), new JobEvent.Warning(bytes("d")));
  }

  @Test
  void aResultIsCutIntoDataAndAResult() {
    assertThat(cut(completed("abcd"), "abcd", 2))
        .toIterable()
        .containsExactly(data("ab"), completed("cd"));
  }

  @Test
  void thereIsNothingAfterTheLastPiece() {
    Pieces pieces = cut(data("ab"), "ab", 1);
    pieces.next();
    pieces.next();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(pieces::next);
  }
}
