// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.client.SessionFixture.bytes;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_EPOCH;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB_BACKGROUND;
import static io.gearman.testkit.ScriptedConnection.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.Priority;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobRequestTest {

  private static final JobRequest JOB = JobRequest.of("f", bytes("workload"));

  @Test
  void aJobIsOfNormalPriorityAndWithoutAUniqueId() {
    assertThat(JOB.priority()).isEqualTo(Priority.NORMAL);
    assertThat(JOB.unique()).isEqualTo(UniqueId.none());
  }

  @Test
  void eachWitherChangesItsOwnPartOnly() {
    assertThat(JOB.withPriority(Priority.LOW).withUnique("u"))
        .isEqualTo(JOB.withUnique("u").withPriority(Priority.LOW));
    assertThat(JOB.withPriority(Priority.LOW).unique()).isEqualTo(UniqueId.none());
    assertThat(JOB).isEqualTo(JobRequest.of("f", bytes("workload")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"u", "é"}) // one byte and two
  void aUniqueIdOf63BytesIsTaken(String character) {
    String unique = "x" + character.repeat(62 / length(character));
    assertThat(JOB.withUnique(unique).unique().text()).isEqualTo(unique);
  }

  @ParameterizedTest
  @ValueSource(strings = {"u", "é"})
  void aUniqueIdOf64BytesIsRefused(String character) {
    String unique = character.repeat(64 / length(character));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withUnique(unique))
        .withMessageContainingAll("unique", "63", "64", unique);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f", "é"})
  void aFunctionOf512BytesIsTaken(String character) {
    String function = character.repeat(512 / length(character));
    assertThat(JobRequest.of(function, bytes("")).function()).isEqualTo(function);
  }

  /** The smallest number of characters that may be too many. */
  @Test
  void aFunctionOf171CharactersAnd513BytesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobRequest.of("\u20ac".repeat(171), bytes("")))
        .withMessageContainingAll("function", "512", "513");
  }

  @Test
  void aFunctionOf513BytesIsRefused() {
    String function = "f".repeat(513);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobRequest.of(function, bytes("")))
        .withMessageContainingAll("function", "512", "513", function);
  }

  @Test
  void aJobWithoutAFunctionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobRequest.of("", bytes("")))
        .withMessageContainingAll("function", "empty");
  }

  @Test
  void aNulInAFunctionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobRequest.of("a\0b", bytes("")))
        .withMessageContainingAll("function", "NUL");
  }

  @Test
  void aNulInAUniqueIdIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withUnique("a\0b"))
        .withMessageContainingAll("unique", "NUL");
  }

  @Test
  void nothingMayBeNull() {
    assertThatNullPointerException().isThrownBy(() -> JobRequest.of(null, bytes("")));
    assertThatNullPointerException()
        .isThrownBy(() -> JobRequest.of("f", null))
        .withMessage("workload");
    assertThatNullPointerException()
        .isThrownBy(() -> JOB.withPriority(null))
        .withMessage("priority");
    assertThatNullPointerException().isThrownBy(() -> JOB.withUnique((String) null));
  }

  @Test
  void jobsAreEqualIfTheirBytesAre() {
    assertThat(JobRequest.of("f", bytes("workload"))).isEqualTo(JOB).hasSameHashCodeAs(JOB);
    assertThat(JobRequest.of("f", bytes("other"))).isNotEqualTo(JOB);
  }

  @Test
  void theTextOfAJobHasTheLengthOfItsWorkloadOnly() {
    assertThat(JOB.withUnique("u")).hasToString("JobRequest[f, 8 bytes, NORMAL, unique \"u\"]");
  }

  @Test
  void aJobMayHaveATimeInTheBackground() {
    JobRequest job = JOB.withUnique("u").withNotBefore(Instant.ofEpochSecond(1_700_000_000, 5));
    assertThat(job.inBackground())
        .isEqualTo(request(SUBMIT_JOB_EPOCH, "f", "u", "1700000000", "workload"));
    assertThatIllegalArgumentException()
        .isThrownBy(job::inForeground)
        .withMessageContaining("enqueued");
  }

  @Test
  void aJobMayHaveAReducer() {
    JobRequest job = JOB.withUnique("u").withReducer("r");
    assertThat(job.inForeground())
        .isEqualTo(request(SUBMIT_REDUCE_JOB, "f", "u", "r", "", "workload"));
    assertThat(job.inBackground())
        .isEqualTo(request(SUBMIT_REDUCE_JOB_BACKGROUND, "f", "u", "r", "", "workload"));
  }

  @Test
  void aTimeOrAReducerGoesWithNormalPriorityAndNotWithTheOther() {
    Instant time = Instant.ofEpochSecond(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withPriority(Priority.HIGH).withNotBefore(time));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withReducer("r").withPriority(Priority.LOW));
    assertThatIllegalArgumentException().isThrownBy(() -> JOB.withReducer("r").withNotBefore(time));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withNotBefore(Instant.ofEpochSecond(-1)));
  }

  @Test
  void limitsAndAttemptsAreMoreThanZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withIdleLimit(Duration.ZERO))
        .withMessage("idleLimit must be more than 0, not PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withTotalLimit(Duration.ofSeconds(-1)))
        .withMessage("totalLimit must be more than 0, not PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withAttempts(0))
        .withMessage("attempts must be 1 or more, not 0");
  }

  private static int length(String character) {
    return character.getBytes(UTF_8).length;
  }

  @Test
  void aLimitIsWithinTheRangeOfTimers() {
    Duration tooLong = Duration.ofNanos(Long.MAX_VALUE).plusNanos(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JOB.withTotalLimit(tooLong))
        .withMessage("totalLimit must be at most 106751 days, not " + tooLong);
    assertThatIllegalArgumentException().isThrownBy(() -> JOB.withIdleLimit(tooLong));
  }
}
