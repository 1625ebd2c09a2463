// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.JobEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TotalsTest {

  private static final int LOTS = 1_000_000;

  private final Totals totals = new Totals(-1, LOTS);

  @Test
  void nothingYet() {
    assertThat(totals.report()).isEqualTo(new Report(0, 0, 0, 0, Map.of(), List.of()));
    assertThat(totals.progress()).isEqualTo(new Progress(0, 0));
  }

  @Test
  void runningTotalsAreWhatIsFoldedAndTheLatestOfTheBlocksInFlight() {
    totals.update(completed(block(0, 100), "a /x 200 1", "b /y 404 2"));
    BlockState running = data(block(1, 50), "a /x 200 10");
    totals.update(running);
    totals.update(running.after(new JobEvent.Status(20, 50)));

    assertThat(totals.report())
        .isEqualTo(
            new Report(
                3,
                0,
                13,
                2,
                Map.of(200, 2L, 404, 1L),
                List.of(new Report.PathHits("/x", 2), new Report.PathHits("/y", 1))));
    assertThat(totals.progress()).isEqualTo(new Progress(120, 150));
  }

  @Test
  void laterPartialReplacesTheOneBefore() {
    BlockState first = data(block(0, 100), "a /x 200 1");
    totals.update(first);
    totals.update(first.after(new JobEvent.Data(counts("a /x 200 1", "b /x 200 1"))));

    assertThat(totals.report().lines()).isEqualTo(2);
  }

  @Test
  void jobThatRunsAgainDoesNoHarm() {
    BlockState first = data(block(0, 100), "a /x 200 1", "b /y 200 1");
    totals.update(first);
    BlockState again = first.after(new JobEvent.Restarted());
    totals.update(again);
    assertThat(totals.report().lines()).isZero();

    BlockState second = again.after(new JobEvent.Data(counts("a /x 200 1")));
    totals.update(second);
    assertThat(totals.report().lines()).isEqualTo(1);

    totals.update(
        second.after(new JobEvent.Completed(counts("a /x 200 1", "b /y 200 1", "c /z 200 1"))));
    assertThat(totals.report().lines()).isEqualTo(3);
    assertThat(totals.progress()).isEqualTo(new Progress(100, 100));
  }

  /** As plain gearmand has it: nobody says that the job was started again. */
  @Test
  void jobThatRunsAgainUnannouncedDoesNoHarm() {
    BlockState first = data(block(0, 100), "a /x 200 1", "b /y 200 1");
    totals.update(first);
    BlockState second = first.after(new JobEvent.Data(counts("a /x 200 1")));
    totals.update(second);
    totals.update(second.after(new JobEvent.Completed(counts("a /x 200 1", "b /y 200 1"))));

    assertThat(totals.report().lines()).isEqualTo(2);
    assertThat(totals.report().bytes()).isEqualTo(2);
  }

  @Test
  void orderOfTheBlocksDoesNotMatter() {
    List<BlockState> blocks = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      blocks.add(completed(block(i, 10), randomLines(random)));
    }
    Report inOrder = fold(blocks);

    for (int round = 0; round < 20; round++) {
      Collections.shuffle(blocks, random);
      assertThat(fold(blocks)).isEqualTo(inOrder);
    }
  }

  /** The reducer keeps ten candidates; this counts everything and sorts. */
  @Test
  void topPathsAreThoseOfTheWholeLog() {
    Random random = new Random(11);
    Map<String, Long> hits = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      String[] lines = randomLines(random);
      for (String line : lines) {
        hits.merge(line.split(" ", -1)[1], 1L, Long::sum);
      }
      totals.update(data(block(i, 10), lines));
      assertThat(totals.report().topPaths()).isEqualTo(sorted(hits));
      totals.update(completed(block(i, 10), lines));
      assertThat(totals.report().topPaths()).isEqualTo(sorted(hits));
    }
  }

  @Test
  void equalHitsAreSortedByPath() {
    totals.update(completed(block(0, 10), "a /b 200 1", "a /c 200 1", "a /a 200 1"));

    assertThat(totals.report().topPaths())
        .extracting(Report.PathHits::path)
        .containsExactly("/a", "/b", "/c");
  }

  @Test
  void announcedLengthIsTheTotal() {
    Totals announced = new Totals(1000, LOTS);
    announced.update(completed(block(0, 100), "a /x 200 1"));

    assertThat(announced.progress()).isEqualTo(new Progress(100, 1000));
  }

  @Test
  void statusIsAPartOfTheBlockInAnyUnit() {
    totals.update(block(0, 100).after(new JobEvent.Status(3, 4)));

    assertThat(totals.progress()).isEqualTo(new Progress(75, 100));
  }

  @Test
  void statusNeverClaimsMoreThanTheBlock() {
    totals.update(block(0, 100).after(new JobEvent.Status(5_000, 4_000)));
    totals.update(block(1, 100).after(new JobEvent.Status(5, 0)));

    assertThat(totals.progress()).isEqualTo(new Progress(100, 200));
  }

  /** Parsing them would cost more than counting did. */
  @Test
  void partialThatNobodyLookedAtIsNotParsed() {
    BlockState broken = block(0, 100).after(new JobEvent.Data(new byte[] {'?'}));
    totals.update(broken);
    totals.update(broken.after(new JobEvent.Data(counts("a /x 200 1"))));

    assertThat(totals.report().lines()).isEqualTo(1);
  }

  @Test
  void partialThatIsNoCountsIsToldWhenItIsLookedAt() {
    totals.update(block(0, 100).after(new JobEvent.Data(new byte[] {'?'})));

    assertThatThrownBy(totals::report).hasMessageContaining("no counts");
  }

  @Test
  void sumOfSizesStopsAtTheLargestNumber() {
    Tally tally = new Tally();
    tally.addAll(new LogCounts(1, 0, Long.MAX_VALUE, Map.of(), Map.of(), Set.of()));
    totals.update(block(0, 1).after(new JobEvent.Data(tally.counts().toJson())));
    totals.update(completed(block(1, 1), "a /x 200 1"));

    assertThat(totals.report().bytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void moreDistinctPathsAndClientsThanMayBeHeld() {
    Totals small = new Totals(-1, 4);
    small.update(completed(block(0, 1), "a /x 200 1", "b /y 200 1"));

    assertThatThrownBy(() -> small.update(completed(block(1, 1), "c /x 200 1")))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("more than 4 distinct");
  }

  @Test
  void longPathCountsForSeveral() {
    Totals small = new Totals(-1, 4);

    assertThatThrownBy(
            () -> small.update(completed(block(0, 1), "a /" + "x".repeat(1_000) + " 200 1")))
        .isInstanceOf(AnalysisException.class);
  }

  @Test
  void whatIsNoCountsIsAnError() {
    for (String nonsense : List.of("", "nonsense", "{}", "[]", "null", "{\"lines\": 1}")) {
      BlockState state = block(0, 1).after(new JobEvent.Completed(nonsense.getBytes(UTF_8)));

      assertThatThrownBy(() -> new Totals(-1, LOTS).update(state))
          .as(nonsense)
          .isInstanceOf(AnalysisException.class)
          .hasMessageContaining("no counts");
    }
  }

  private static Report fold(List<BlockState> blocks) {
    Totals totals = new Totals(-1, LOTS);
    blocks.forEach(totals::update);
    return totals.report();
  }

  private static List<Report.PathHits> sorted(Map<String, Long> hits) {
    return hits.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(10)
        .map(entry -> new Report.PathHits(entry.getKey(), entry.getValue()))
        .collect(Collectors.toList());
  }

  private static String[] randomLines(Random random) {
    return IntStream.range(0, 1 + random.nextInt(20))
        .mapToObj(i -> "c" + random.nextInt(50) + " /p" + random.nextInt(60) + " 200 3")
        .toArray(String[]::new);
  }

  private static BlockState block(long index, long bodyBytes) {
    return BlockState.of(new Block(index, new byte[0], bodyBytes));
  }

  private static BlockState data(BlockState block, String... lines) {
    return block.after(new JobEvent.Data(counts(lines)));
  }

  private static BlockState completed(BlockState block, String... lines) {
    return block.after(new JobEvent.Completed(counts(lines)));
  }

  /** Lines as "client path status size". */
  private static byte[] counts(String... lines) {
    Tally tally = new Tally();
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      tally.add(
          new LogLine(parts[0], parts[1], Integer.parseInt(parts[2]), Long.parseLong(parts[3])));
    }
    return tally.counts().toJson();
  }
}
