// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

/** Credit of the flow extension: what is asked of the publisher, and what waits at the gate. */
class JobRunDemandTest extends SessionFixture {

  private static final JobUpdate STATUS = new JobEvent.Status(1, 2);
  private static final long MOST = 256; // as much credit is passed on at once

  private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

  JobRunDemandTest() {
    super(FLOW);
  }

  /** A worker of one slot is given a job, of which it has sent what needs no credit. */
  private void begin() {
    begin(job -> publisher);
    publisher.next(data("first"));
    assertThat(results()).containsExactly(request(WORK_DATA, HANDLE, "first"));
  }

  private void begin(JobFunction function) {
    work(1, function);
    assign(HANDLE);
  }

  private void demand(long count) {
    connection.receive(WORK_DEMAND, HANDLE, Long.toString(count));
  }

  private void assertRequested(long count) {
    publisher.assertMinRequested(count).assertMaxRequested(count);
  }

  // ---- what is requested

  @Test
  void theFirstDataNeedsNoDemand() {
    begin(job -> publisher);
    assertRequested(2);
    publisher.next(data("first"), data("second"));
    assertThat(results()).containsExactly(request(WORK_DATA, HANDLE, "first"));
  }

  @Test
  void withoutCreditOneElementIsRequested() {
    begin();
    assertRequested(1);
  }

  @Test
  void creditAndOneElementMoreAreRequested() {
    begin();
    demand(5);
    assertRequested(6);
  }

  @Test
  void demandsAddUp() {
    begin();
    demand(2);
    demand(3);
    assertRequested(6);
  }

  @Test
  void demandThatComesBeforeThePublisherHasSubscribedIsNotLost() {
    AtomicReference<Subscriber<? super JobUpdate>> subscriber = new AtomicReference<>();
    begin(job -> subscriber::set);
    demand(2);
    publisher.subscribe(subscriber.get());
    assertRequested(4);
  }

  static JobUpdate[] whatTakesCredit() {
    return new JobUpdate[] {data("x"), new JobEvent.Warning(bytes("x"))};
  }

  @ParameterizedTest
  @MethodSource("whatTakesCredit")
  void dataAndWarningsTakeCredit(JobUpdate update) {
    begin();
    demand(2);
    publisher.next(update, update, update);
    assertThat(results()).hasSize(2);
    assertRequested(0);
  }

  @Test
  void progressTakesNoCredit() {
    begin();
    demand(1);
    publisher.next(STATUS).next(STATUS).next(STATUS);
    assertRequested(2);
    publisher.next(data("1"));
    assertThat(results()).hasSize(4).endsWith(request(WORK_DATA, HANDLE, "1"));
  }

  @Test
  void demandOfOneJobIsNotThatOfAnother() {
    work(2, job -> publisher);
    assign(HANDLE);
    assign("H:2");
    demand(5);
    publisher.assertMinRequested(2).assertMaxRequested(7);
  }

  // ---- the gate

  @Test
  void dataWithoutCreditWaitsAndNothingMoreIsRequested() {
    begin();
    publisher.next(data("1"));
    assertThat(results()).isEmpty();
    assertRequested(0);
  }

  @Test
  void dataThatWaitsGoesFirstWhenThereIsDemand() {
    begin();
    publisher.next(data("1"));
    demand(3);
    assertRequested(3);
    publisher.next(data("2"));
    assertThat(results())
        .containsExactly(request(WORK_DATA, HANDLE, "1"), request(WORK_DATA, HANDLE, "2"));
  }

  @Test
  void dataThatWaitsTakesCreditToo() {
    begin();
    publisher.next(data("1"));
    demand(1);
    publisher.next(data("2"));
    assertThat(results()).containsExactly(request(WORK_DATA, HANDLE, "1"));
    assertRequested(0);
  }

  @Test
  void withoutCreditProgressIsSent() {
    begin();
    publisher.next(STATUS).next(STATUS);
    assertThat(results())
        .containsExactly(
            request(WORK_STATUS, HANDLE, "1", "2"), request(WORK_STATUS, HANDLE, "1", "2"));
    assertRequested(1);
  }

  @Test
  void withoutCreditTheResultIsSent() {
    begin();
    publisher.next(completed("end"));
    assertThat(connection.written())
        .containsExactly(request(WORK_COMPLETE, HANDLE, "end"), request(GRAB_JOB_ALL));
  }

  @Test
  void withoutCreditTheEndIsSent() {
    begin();
    publisher.complete();
    assertThat(connection.written())
        .containsExactly(request(WORK_COMPLETE, HANDLE, ""), request(GRAB_JOB_ALL));
  }

  @Test
  void withoutCreditTheFailureIsSent() {
    begin();
    publisher.error(failure());
    assertThat(connection.written())
        .containsExactly(request(WORK_FAIL, HANDLE), request(GRAB_JOB_ALL));
  }

  private static JobFailedException failure() {
    return new JobFailedException(new JobHandle("scripted:4730", HANDLE));
  }

  @Test
  void theEndDoesNotOvertakeDataThatWaits() {
    begin();
    publisher.next(data("1")).complete();
    assertThat(connection.written()).isEmpty();
    demand(1);
    assertThat(connection.written())
        .containsExactly(
            request(WORK_DATA, HANDLE, "1"),
            request(WORK_COMPLETE, HANDLE, ""),
            request(GRAB_JOB_ALL));
  }

  @Test
  void aFailureDoesNotOvertakeDataThatWaits() {
    begin();
    publisher.next(data("1")).error(failure());
    assertThat(connection.written()).isEmpty();
    demand(1);
    assertThat(connection.written())
        .containsExactly(
            request(WORK_DATA, HANDLE, "1"), request(WORK_FAIL, HANDLE), request(GRAB_JOB_ALL));
  }

  // ---- demand that is ignored

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "+1", " 1", "1 ", "1.0", "x", "", "2147483648", "18446744073709551617"})
  void aCountThatIsMalformedOrOutOfRangeIsIgnored(String count) {
    begin();
    publisher.next(data("1"));
    connection.receive(WORK_DEMAND, HANDLE, count);
    assertThat(connection.written()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void theLargestCountIsTakenAgainAndAgain() {
    begin();
    for (int i = 0; i < 5; i++) {
      demand(Integer.MAX_VALUE);
      publisher.next(data("1"));
    }
    assertThat(results()).hasSize(5);
  }

  @Test
  void demandForAnUnknownJobIsIgnored() {
    begin();
    connection.receive(WORK_DEMAND, "H:9", "5");
    assertRequested(1);
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void demandThatCrossesTheEndIsIgnored() {
    begin();
    publisher.complete();
    connection.written();
    demand(5);
    assertThat(connection.written()).isEmpty();
    assertThat(connection.isDisposed()).isFalse();
  }

  // ---- credit and a connection that is full

  @Test
  void creditIsOfNoUseWhileTheConnectionIsFull() {
    connection.writable(false);
    begin(job -> publisher);
    demand(5);
    assertRequested(0);
    connection.writable(true);
    assertRequested(7);
  }

  @Test
  void aConnectionThatTakesDataIsOfNoUseWithoutCredit() {
    TestPublisher<JobUpdate> other = TestPublisher.create();
    work(2, job -> job.handle().id().equals(HANDLE) ? publisher : other);
    assign(HANDLE);
    publisher.next(data("first"), data("without credit"));
    assertThat(results()).hasSize(1);
    connection.writable(false);
    assign("H:2");
    connection.writable(true);
    other.assertMinRequested(1);
    assertRequested(0);
    assertThat(results()).isEmpty();
  }

  @Test
  void muchCreditIsPassedOnBitByBit() {
    begin();
    demand(Integer.MAX_VALUE);
    assertRequested(MOST + 1);
  }

  @Test
  void aFastPublisherWithMuchCreditDoesNotFloodAConnectionThatIsFull() {
    AtomicLong produced = new AtomicLong();
    begin(
        job ->
            Flux.<JobUpdate>generate(sink -> sink.next(data("x")))
                .doOnNext(element -> connection.writable(produced.incrementAndGet() < 10)));
    demand(Integer.MAX_VALUE);
    assertThat(produced.get()).isBetween(10L, 10 + MOST);
  }

  @Test
  void aLongStreamWithMuchCreditIsSentInOrder() {
    int parts = 100_000;
    begin(job -> Flux.range(0, parts).map(i -> data(i.toString())));
    demand(parts);
    List<Packet> sent = results();
    assertThat(sent).hasSize(parts + 1).endsWith(request(WORK_COMPLETE, HANDLE, ""));
    for (int i = 0; i < parts; i++) {
      assertThat(sent.get(i).text(1)).isEqualTo(Integer.toString(i));
    }
  }

  // ---- the loss of the connection

  @Test
  void theLossOfTheConnectionCancelsAPublisherWhoseDataWaits() {
    begin();
    publisher.next(data("1"));
    connection.close(null);
    publisher.assertWasCancelled();
    assertThat(connection.written()).isEmpty();
  }
}
