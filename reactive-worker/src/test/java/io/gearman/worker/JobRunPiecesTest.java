// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.testkit.ScriptedConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

/** What is larger than a packet may be goes in pieces, at the pace of credit and connection. */
class JobRunPiecesTest {

  private static final int ROOM =
      ScriptedConnection.MAX_PACKET_SIZE - Packet.HEADER_SIZE - "H:1".length() - 1;
  private static final String PIECE = "a".repeat(ROOM);
  private static final JobUpdate TWO_AND_A_BIT = SessionFixture.data(PIECE + PIECE + "b");

  private static Packet sent(PacketType type, String text) {
    return request(type, SessionFixture.HANDLE, text);
  }

  @Nested
  class BeforeAPlainServer extends SessionFixture {

    private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

    @Test
    void dataGoesInPieces() {
      assertThat(answerOf(Flux.just(TWO_AND_A_BIT, data("next"))))
          .containsExactly(
              sent(WORK_DATA, PIECE),
              sent(WORK_DATA, PIECE),
              sent(WORK_DATA, "b"),
              sent(WORK_DATA, "next"),
              sent(WORK_COMPLETE, ""));
    }

    @Test
    void aResultGoesAsDataAndAResult() {
      assertThat(answerOf(Mono.just(completed(PIECE + "b"))))
          .containsExactly(sent(WORK_DATA, PIECE), sent(WORK_COMPLETE, "b"));
    }

    @Test
    void whatJustFitsIsNotCut() {
      assertThat(answerOf(Mono.just(completed(PIECE)))).containsExactly(sent(WORK_COMPLETE, PIECE));
    }

    @Test
    void aPieceWaitsUntilTheConnectionTakesData() {
      answerOf(publisher);
      connection.writable(false);
      publisher.next(TWO_AND_A_BIT);
      assertThat(results()).isEmpty();
      connection.writable(true);
      assertThat(results()).hasSize(3);
    }

    @Test
    void theLossOfTheConnectionEndsThePieces() {
      answerOf(publisher);
      connection.writable(false);
      publisher.next(TWO_AND_A_BIT);
      connection.close(null);
      publisher.assertWasCancelled();
      assertThat(connection.written()).isEmpty();
    }
  }

  @Nested
  class WithFlow extends SessionFixture {

    private final TestPublisher<JobUpdate> publisher = TestPublisher.create();

    WithFlow() {
      super(FLOW);
    }

    private void begin(int credit) {
      answerOf(publisher); // for which there is credit of 1
      if (credit > 1) {
        demand(credit - 1);
      }
    }

    private void demand(int credit) {
      connection.receive(WORK_DEMAND, HANDLE, Integer.toString(credit));
    }

    @Test
    void eachPieceTakesCredit() {
      begin(1);
      publisher.next(TWO_AND_A_BIT);
      assertThat(results()).containsExactly(sent(WORK_DATA, PIECE));
      demand(1);
      assertThat(results()).containsExactly(sent(WORK_DATA, PIECE));
      demand(1);
      assertThat(results()).containsExactly(sent(WORK_DATA, "b"));
    }

    @Test
    void nothingIsAskedForWhilePiecesWait() {
      begin(1); // two elements are asked for
      publisher.next(TWO_AND_A_BIT);
      demand(1);
      publisher.assertMaxRequested(1);
      demand(3);
      publisher.assertMinRequested(3).assertMaxRequested(3);
    }

    @Test
    void whatWasAskedForStaysInItsOrderBehindThePieces() {
      begin(2);
      publisher.next(TWO_AND_A_BIT, new JobEvent.Status(1, 2), data("next"));
      assertThat(results()).hasSize(2);
      demand(1);
      assertThat(results())
          .containsExactly(sent(WORK_DATA, "b"), request(WORK_STATUS, HANDLE, "1", "2"));
      demand(1);
      assertThat(results()).containsExactly(sent(WORK_DATA, "next"));
    }

    @Test
    void theEndWaitsForThePieces() {
      begin(1);
      publisher.next(TWO_AND_A_BIT).complete();
      assertThat(results()).hasSize(1);
      demand(2);
      assertThat(results())
          .containsExactly(sent(WORK_DATA, PIECE), sent(WORK_DATA, "b"), sent(WORK_COMPLETE, ""));
    }

    @Test
    void theLastPieceOfAResultNeedsNoCreditAndIsTheOnlyEnd() {
      begin(1);
      publisher.next(completed(PIECE + "b")).complete();
      assertThat(results()).containsExactly(sent(WORK_DATA, PIECE), sent(WORK_COMPLETE, "b"));
    }

    @Test
    void aFailureWaitsForThePieces() {
      begin(1);
      publisher.next(TWO_AND_A_BIT).error(new IllegalStateException("boom"));
      assertThat(results()).hasSize(1);
      demand(2);
      assertThat(results())
          .extracting(Packet::type)
          .containsExactly(WORK_DATA, WORK_DATA, WORK_EXCEPTION);
    }

    @Test
    void aCancelledJobSendsNoMorePieces() {
      begin(1);
      publisher.next(TWO_AND_A_BIT);
      results();
      connection.receive(WORK_CANCEL, HANDLE);
      publisher.assertWasCancelled();
      assertThat(results()).containsExactly(request(WORK_FAIL, HANDLE));
      demand(5);
      assertThat(connection.written()).isEmpty();
    }
  }
}
