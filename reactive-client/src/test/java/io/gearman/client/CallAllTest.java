// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobFailedException;
import io.gearman.PayloadCodec;
import io.gearman.PayloadException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Many jobs over one connection, the first failure of which ends them all. */
class CallAllTest extends SessionFixture {

  private static final int CONCURRENCY = 3;

  private final AtomicLong asked = new AtomicLong();
  private final Flux<JobRequest> requests =
      Flux.range(0, 10)
          .map(i -> JobRequest.of("f", bytes("part " + i)))
          .doOnRequest(asked::addAndGet);

  private TestSubscriber<String> callAll(long demand) {
    TestSubscriber<String> results =
        subscribe(
            new SessionClient(session).callAll(requests, CONCURRENCY, PayloadCodec.utf8()), demand);
    for (int i = 0; i < CONCURRENCY; i++) {
      connection.receive(JOB_CREATED, "H:" + i);
    }
    return results;
  }

  @Test
  void resultsComeAsJobsEndAndNoMoreAreUnderWayThanAllowed() {
    TestSubscriber<String> results = callAll(Long.MAX_VALUE);
    assertThat(connection.written()).hasSize(CONCURRENCY);
    connection.receive(WORK_DATA, "H:2", "th");
    connection.receive(WORK_COMPLETE, "H:2", "ird");
    connection.receive(WORK_COMPLETE, "H:0", "first");
    assertThat(results.getReceivedOnNext()).containsExactly("third", "first");
    assertThat(connection.written()).hasSize(2);
  }

  @Test
  void theFirstFailureEndsAllAndCancelsTheOthers() {
    TestSubscriber<String> results = callAll(Long.MAX_VALUE);
    connection.receive(WORK_FAIL, "H:1");
    assertThat(results.expectTerminalError()).isInstanceOf(JobFailedException.class);
    assertThat(dropped).containsExactlyInAnyOrder(handle("H:0"), handle("H:2"));
  }

  @Test
  void aResultThatIsNoValueIsAFailure() {
    TestSubscriber<String> results = callAll(Long.MAX_VALUE);
    connection.receive(WORK_COMPLETE, "H:1", new String(new byte[] {(byte) 0xff}, ISO_8859_1));
    assertThat(results.expectTerminalError()).isInstanceOf(PayloadException.class);
    assertThat(dropped).hasSize(2);
  }

  @Test
  void whoTakesNoResultsIsGivenNoMoreJobs() {
    callAll(0);
    for (int i = 0; i < CONCURRENCY; i++) {
      connection.receive(WORK_COMPLETE, "H:" + i, "");
    }
    assertThat(connection.written()).hasSize(CONCURRENCY);
    assertThat(asked).hasValue(CONCURRENCY);
  }

  @Test
  void cancellingCancelsTheJobsUnderWay() {
    TestSubscriber<String> results = callAll(Long.MAX_VALUE);
    results.cancel();
    assertThat(dropped).hasSize(CONCURRENCY);
  }
}
