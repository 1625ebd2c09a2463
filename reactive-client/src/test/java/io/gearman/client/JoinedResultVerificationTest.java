// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobFailedException;
import io.gearman.testkit.TckTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;

/** The joined result of a job by the Reactive Streams TCK. */
class JoinedResultVerificationTest {

  @TestFactory
  Stream<DynamicTest> theResultOfAJobKeepsTheRulesOfReactiveStreams() {
    return TckTests.of(Verification::new);
  }

  /** Public, since the TCK is made for TestNG. */
  public static final class Verification extends PublisherVerification<String> {

    private static final long TIMEOUT_MILLIS = 1_000; // for what must come
    private static final long SILENCE_MILLIS = 50; // for what must not

    public Verification() {
      super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
    }

    @Override
    public long maxElementsFromPublisher() {
      return 1;
    }

    @Override
    public Publisher<String> createPublisher(long elements) {
      return JoinedResult.of(
          Flux.just(
              SessionFixture.created("H:1"),
              SessionFixture.data("a"),
              SessionFixture.completed("b")),
          bytes -> new String(bytes, ISO_8859_1));
    }

    @Override
    public Publisher<String> createFailedPublisher() {
      return JoinedResult.of(
          Flux.error(new JobFailedException(SessionFixture.handle("H:1"))),
          bytes -> new String(bytes, ISO_8859_1));
    }
  }
}
