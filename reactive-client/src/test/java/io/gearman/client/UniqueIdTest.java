// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.client.SessionFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class UniqueIdTest {

  private static final JobRequest JOB = JobRequest.of("f", bytes("payload1"));

  @Test
  void aGivenIdIsSentAsItIs() {
    assertThat(JOB.withUnique("u").fixed().unique()).isEqualTo(UniqueId.of("u"));
  }

  @Test
  void aGeneratedIdIsAnotherForEachSubmission() {
    JobRequest job = JOB.withUnique(UniqueId.generated());
    JobRequest one = job.fixed();
    assertThat(one.unique().text()).hasSize(36).isNotEqualTo(job.fixed().unique().text());
    assertThat(one.fixed()).isEqualTo(one);
  }

  /** As an event loop does, which must not wait for randomness. */
  @Test
  void idsAreGeneratedWithoutBlocking() {
    JobRequest job = JOB.withUnique(UniqueId.generated());
    UniqueId.prepare();

    Flux.range(0, 1_000)
        .map(i -> job.fixed().unique().text())
        .subscribeOn(Schedulers.parallel())
        .distinct()
        .count()
        .as(StepVerifier::create)
        .expectNext(1_000L)
        .verifyComplete();
  }

  /** Checked against libgearman. */
  @Test
  void theIdOfTheWorkloadIsThatOfLibgearman() {
    assertThat(JOB.withUnique(UniqueId.ofWorkload()).fixed().unique().text())
        .isEqualTo("1914329340");
  }

  /** Known values of MurmurHash3 for 32 bits. */
  @ParameterizedTest
  @CsvSource({
    "'', 0, 0",
    "'', 1, 514e28b7",
    "'', ffffffff, 81f16f39",
    "test, 0, ba6bd213",
    "'Hello, world!', 9747b28c, 24884cba",
    "aa, 9747b28c, 5d211726",
    "abc, 0, b3dd93fa"
  })
  void theHashIsMurmurHash3(String text, String seed, String hash) {
    assertThat(
            Integer.toHexString(MurmurHash.hash(bytes(text), Integer.parseUnsignedInt(seed, 16))))
        .isEqualTo(hash);
  }

  @Test
  void aJobThatMayBeSentAgainHasAnId() {
    assertThat(JOB.fixed().unique()).isEqualTo(UniqueId.none());
    assertThat(JOB.withAttempts(2).fixed().unique().kind()).isEqualTo(UniqueId.Kind.GENERATED);
    assertThat(JOB.withAttempts(2).withUnique("u").fixed().unique()).isEqualTo(UniqueId.of("u"));
  }

  @Test
  void othersMaySubmitTheSameGivenIdOrWorkloadOnly() {
    assertThat(UniqueId.of("u").mayBeShared()).isTrue();
    assertThat(UniqueId.ofWorkload().mayBeShared()).isTrue();
    assertThat(UniqueId.generated().mayBeShared()).isFalse();
    assertThat(UniqueId.none().mayBeShared()).isFalse();
  }

  @Test
  void anEmptyIdIsNone() {
    assertThat(UniqueId.of("")).isEqualTo(UniqueId.none());
    assertThatIllegalArgumentException().isThrownBy(() -> new UniqueId(UniqueId.Kind.GIVEN, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> new UniqueId(UniqueId.Kind.NONE, "u"));
  }

  @Test
  void jobsWhoseIdIsTheirWorkloadToTheServerMeetWhereItsHashSays() {
    byte[] workload = bytes("payload1");
    assertThat(UniqueId.of("-").meetingPoint(workload)).isEqualTo("1914329340");
    assertThat(UniqueId.of("a").meetingPoint(workload)).isEqualTo("a");
    assertThat(UniqueId.none().meetingPoint(workload)).isEmpty();
  }
}
