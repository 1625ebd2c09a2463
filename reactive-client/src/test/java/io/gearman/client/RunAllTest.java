// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.client.SessionFixture.bytes;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobFailedException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Many jobs over one connection, whose failures are results. */
class RunAllTest extends SessionFixture {

  private static final int CONCURRENCY = 3;

  private final List<JobRequest> jobs =
      IntStream.range(0, 10).mapToObj(i -> JobRequest.of("f", bytes("job " + i))).toList();

  private TestSubscriber<JobResult> runAll(long demand) {
    return subscribe(
        new SessionClient(session).runAll(Flux.fromIterable(jobs), CONCURRENCY), demand);
  }

  @Test
  void noMoreAreUnderWayThanAllowed() {
    runAll(Long.MAX_VALUE);
    assertThat(connection.written()).hasSize(CONCURRENCY);
    connection.receive(JOB_CREATED, "H:0");
    connection.receive(WORK_COMPLETE, "H:0", "");
    assertThat(connection.written()).hasSize(1);
  }

  @Test
  void resultsComeAsJobsEndAndFailuresAreResults() {
    TestSubscriber<JobResult> results = runAll(Long.MAX_VALUE);
    connection.receive(JOB_CREATED, "H:0");
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(WORK_FAIL, "H:1");
    connection.receive(WORK_COMPLETE, "H:0", "done");
    assertThat(results.getReceivedOnNext()).hasSize(2);
    assertThat(results.getReceivedOnNext().get(0))
        .isInstanceOfSatisfying(
            JobResult.Failed.class,
            failed -> {
              assertThat(failed.request()).isEqualTo(jobs.get(1));
              assertThat(failed.failure()).isInstanceOf(JobFailedException.class);
            });
    assertThat(results.getReceivedOnNext().get(1))
        .isEqualTo(new JobResult.Succeeded(jobs.get(0), bytes("done")));
    assertThat(results.isTerminated()).isFalse();
  }

  @Test
  void whoTakesNoResultsIsGivenNoMoreJobs() {
    runAll(0);
    for (int i = 0; i < CONCURRENCY; i++) {
      connection.receive(JOB_CREATED, "H:" + i);
      connection.receive(WORK_COMPLETE, "H:" + i, "");
    }
    assertThat(connection.written()).hasSize(CONCURRENCY);
  }
}
