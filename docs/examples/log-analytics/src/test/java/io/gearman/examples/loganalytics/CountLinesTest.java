// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.worker.Job;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class CountLinesTest {

  private static final String A = "a - - [17/May/2015:10:05:03 +0000] \"GET /x HTTP/1.1\" 200 5";
  private static final String B = "b - - [17/May/2015:10:05:03 +0000] \"GET /y?z HTTP/1.1\" 404 7";

  @Test
  void sendsCumulativeCountsAndProgressAndEndsWithTheWholeBlock() {
    List<JobUpdate> updates = updates(1, A + "\n" + B + "\n" + "damaged\n");

    assertThat(updates).hasSize(5);
    assertThat(counts(updates.get(0)))
        .isEqualTo(new LogCounts(1, 0, 5, Map.of(200, 1L), Map.of("/x", 1L), Set.of("a")));
    assertThat(updates.get(1)).isEqualTo(new JobEvent.Status(1, 3));
    assertThat(counts(updates.get(2)))
        .isEqualTo(
            new LogCounts(
                2, 0, 12, Map.of(200, 1L, 404, 1L), Map.of("/x", 1L, "/y", 1L), Set.of("a", "b")));
    assertThat(updates.get(3)).isEqualTo(new JobEvent.Status(2, 3));
    assertThat(updates.get(4)).isInstanceOf(JobEvent.Completed.class);
    assertThat(counts(updates.get(4)).lines()).isEqualTo(3);
    assertThat(counts(updates.get(4)).malformed()).isEqualTo(1);
  }

  @Test
  void smallBlockIsOneResult() {
    assertThat(updates(100, A + "\n" + B)).singleElement().isInstanceOf(JobEvent.Completed.class);
  }

  /** What the reader of a throttled job counts with. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "2, 0", "3, 1", "4, 1", "5, 2"})
  void chunksOfABlockAreKnownBeforehand(int lines, int chunks) {
    String block = (A + "\n").repeat(lines);

    assertThat(updates(2, block)).filteredOn(JobEvent.Data.class::isInstance).hasSize(chunks);
    assertThat(CountLines.chunks(block.getBytes(UTF_8), 2)).isEqualTo(chunks);
    assertThat(CountLines.chunks(block.trim().getBytes(UTF_8), 2)).isEqualTo(chunks);
  }

  @Test
  void lineEndsOfBothKindsAndNone() {
    LogCounts counts = counts(updates(100, A + "\r\n" + A + "\n" + A).get(0));

    assertThat(counts)
        .isEqualTo(new LogCounts(3, 0, 15, Map.of(200, 3L), Map.of("/x", 3L), Set.of("a")));
  }

  @Test
  void emptyLinesAreMalformed() {
    LogCounts counts = counts(updates(100, "\n" + A + "\n\r\n\n").get(0));

    assertThat(counts.lines()).isEqualTo(4);
    assertThat(counts.malformed()).isEqualTo(3);
  }

  @Test
  void bytesThatAreNoUtf8AreNoReasonToFail() {
    byte[] block = (A + "\n" + B).getBytes(UTF_8);
    block[A.indexOf("/x") + 1] = (byte) 0xff;

    LogCounts counts = counts(last(new CountLines(100), block));

    assertThat(counts.lines()).isEqualTo(2);
    assertThat(counts.paths()).containsOnlyKeys("/\ufffd", "/y");
  }

  /** JSON parsers have a limit for names, which paths are in the counts. */
  @Test
  void veryLongPath() {
    String path = "/" + "x".repeat(1 << 20);

    assertThat(counts(updates(1, A.replace("/x", path)).get(0)).paths())
        .isEqualTo(Map.of(path, 1L));
  }

  @Test
  void emptyBlockIsCountedToo() {
    assertThat(counts(updates(1, "").get(0)).lines()).isZero();
  }

  @Test
  void countsOnlyAsFarAsItIsAskedTo() {
    StepVerifier.create(run(new CountLines(1), (A + "\n" + B + "\n").getBytes(UTF_8)), 0)
        .expectSubscription()
        .thenRequest(1)
        .expectNextMatches(JobEvent.Data.class::isInstance)
        .thenRequest(1)
        .expectNextMatches(JobEvent.Status.class::isInstance)
        .thenCancel()
        .verify();
  }

  @Test
  void countsOnAThreadMadeForComputing() {
    run(new CountLines(1), A.getBytes(UTF_8))
        .doOnNext(update -> assertThat(Schedulers.isInNonBlockingThread()).isTrue())
        .doOnNext(update -> assertThat(Thread.currentThread().getName()).startsWith("parallel-"))
        .blockLast();
  }

  private static List<JobUpdate> updates(int linesPerPartial, String block) {
    return run(new CountLines(linesPerPartial), block.getBytes(UTF_8)).collectList().block();
  }

  private static JobUpdate last(CountLines function, byte[] block) {
    return run(function, block).blockLast();
  }

  private static Flux<JobUpdate> run(CountLines function, byte[] block) {
    JobHandle handle = new JobHandle("127.0.0.1:4730", "H:test:1");
    return Flux.from(function.apply(new Job(handle, CountLines.NAME, "", "", block)));
  }

  private static LogCounts counts(JobUpdate update) {
    return LogCounts.fromJson(
        update instanceof JobEvent.Data data
            ? data.bytes()
            : ((JobEvent.Completed) update).bytes());
  }
}
