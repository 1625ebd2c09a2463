// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_EPOCH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.Priority;
import io.gearman.protocol.PacketType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerSnapshotTest {

  private static final String FAR = "4000000000";

  private final List<String> observed = new ArrayList<>();
  private final BrokerFixture fixture = new BrokerFixture(observed(new ServerSettings()));

  private ServerSettings observed(ServerSettings settings) {
    settings.observer =
        new JobObserver() {
          @Override
          public void submitted(String function, Priority priority) {
            observed.add(function + " " + priority + " submitted");
          }

          @Override
          public void joined(String function, Priority priority) {
            observed.add(function + " " + priority + " joined");
          }

          @Override
          public void restarted(String function, Priority priority) {
            observed.add(function + " " + priority + " restarted");
          }

          @Override
          public void withdrawn(String function, Priority priority) {
            observed.add(function + " " + priority + " withdrawn");
          }

          @Override
          public void started(String function, Priority priority, long nanos) {
            observed.add(function + " " + priority + " started " + Duration.ofNanos(nanos));
          }

          @Override
          public void ended(String function, Priority priority, Outcome outcome, long nanos) {
            observed.add(function + " " + priority + " " + outcome + " " + Duration.ofNanos(nanos));
          }
        };
    return settings;
  }

  private ServerSnapshot snapshot() {
    return fixture.broker.snapshot(Instant.EPOCH, false, new Traffic());
  }

  private ServerSnapshot.Function function() {
    List<ServerSnapshot.Function> functions = snapshot().functions();
    assertThat(functions).hasSize(1);
    return functions.get(0);
  }

  private void pass(int seconds) {
    fixture.time.advanceTimeBy(Duration.ofSeconds(seconds));
  }

  @Test
  void aJobThatWaitsIsInTheQueueOfItsPriorityWithItsAge() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "first");
    pass(5);
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "second");
    fixture.connect().submits(SUBMIT_JOB_HIGH_BG, "f", "", "urgent");
    pass(2);

    assertThat(function().queues())
        .isEqualTo(
            Map.of(
                Priority.HIGH, new ServerSnapshot.Queue(1, Duration.ofSeconds(2)),
                Priority.NORMAL, new ServerSnapshot.Queue(2, Duration.ofSeconds(7)),
                Priority.LOW, new ServerSnapshot.Queue(0, Duration.ZERO)));
    assertThat(function().waiting()).isEqualTo(3);
  }

  @Test
  void aJobThatIsNotDueIsDelayedAndDoesNotWait() {
    fixture.connect().sends(SUBMIT_JOB_EPOCH, "f", "", FAR, "");

    assertThat(function().delayed()).isEqualTo(1);
    assertThat(function().waiting()).isZero();
  }

  @Test
  void aWorkerIsBusyWhileItHoldsAJobOfWhateverFunction() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    fixture.worker("f", "g").grabs();
    fixture.worker("g").sends(PRE_SLEEP);

    ServerSnapshot.Function g = snapshot().functions().get(1);
    assertThat(g.name()).isEqualTo("g");
    assertThat(g.workers()).isEqualTo(2);
    assertThat(g.busy()).isEqualTo(1);
    assertThat(g.idle()).isEqualTo(1);
    assertThat(snapshot().functions().get(0).running()).isEqualTo(1);
  }

  @Test
  void aWorkerIsShownWithWhatItCanDoHoldsAndHowLongItWasSilent() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = fixture.worker("f", "g").sends(SET_CLIENT_ID, "mill");
    worker.grabs();
    pass(3);

    assertThat(snapshot().workers())
        .containsExactly(
            new ServerSnapshot.Worker(2, "127.0.0.1", "mill", 2, 1, Duration.ofSeconds(3)));
    assertThat(snapshot().connections()).isEqualTo(2);
  }

  @Test
  void everyJobEndsInOneOutcome() {
    BrokerFixture.Connection client = fixture.connect();
    BrokerFixture.Connection worker = fixture.worker("f");
    run(worker, fixture.connect().submits(SUBMIT_JOB, "f", "", ""), WORK_COMPLETE, "done");
    run(worker, fixture.connect().submits(SUBMIT_JOB, "f", "", ""), WORK_FAIL);
    run(worker, fixture.connect().submits(SUBMIT_JOB, "f", "", ""), WORK_EXCEPTION, "why");
    String left = client.submits(SUBMIT_JOB, "f", "", "");
    worker.grabs();
    client.submits(SUBMIT_JOB, "f", "", "");
    client.leaves();
    worker.sends(WORK_COMPLETE, left, "");

    assertThat(function().ended())
        .isEqualTo(
            Map.of(
                Outcome.COMPLETED, 1L,
                Outcome.FAILED, 1L,
                Outcome.EXCEPTION, 1L,
                Outcome.CANCELLED, 2L,
                Outcome.GIVEN_UP, 0L));
    assertThat(function().submitted()).isEqualTo(5);
  }

  private static void run(
      BrokerFixture.Connection worker, String handle, PacketType end, String... arguments) {
    worker.grabs();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(0, handle);
    worker.sends(end, all.toArray(String[]::new));
  }

  @Test
  void aSubmissionThatJoinsAJobIsCountedAsThat() {
    fixture.connect().submits(SUBMIT_JOB, "f", "same", "");
    fixture.connect().submits(SUBMIT_JOB, "f", "same", "");

    assertThat(function().submitted()).isEqualTo(1);
    assertThat(function().joined()).isEqualTo(1);
  }

  @Test
  void aLostRunIsCountedAndTheJobWaitsAnewFromThen() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = fixture.worker("f");
    worker.grabs();
    pass(7);
    worker.leaves();
    pass(1);

    assertThat(function().restarted()).isEqualTo(1);
    assertThat(function().queues().get(Priority.NORMAL))
        .isEqualTo(new ServerSnapshot.Queue(1, Duration.ofSeconds(1)));
  }

  @Test
  void aJobThatHasLostAsManyWorkersAsAllowedIsGivenUp() {
    ServerSettings once = observed(new ServerSettings());
    once.jobRetries = 1;
    BrokerFixture strict = new BrokerFixture(once);
    strict.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = strict.worker("f");
    worker.grabs();
    worker.leaves();

    ServerSnapshot snapshot = strict.broker.snapshot(Instant.EPOCH, false, new Traffic());
    assertThat(snapshot.functions().get(0).ended()).containsEntry(Outcome.GIVEN_UP, 1L);
  }

  @Test
  void theObserverIsToldHowLongAJobWaitedAndRan() {
    String handle = fixture.connect().submits(SUBMIT_JOB_HIGH_BG, "f", "", "");
    pass(4);
    BrokerFixture.Connection worker = fixture.worker("f");
    worker.grabs();
    pass(6);
    worker.sends(WORK_COMPLETE, handle, "");

    assertThat(observed)
        .containsExactly("f HIGH submitted", "f HIGH started PT4S", "f HIGH COMPLETED PT6S");
  }

  @Test
  void theObserverIsToldOfASubmissionThatJoins() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "same", "");
    fixture.connect().submits(SUBMIT_JOB_HIGH_BG, "f", "same", "");

    assertThat(observed).containsExactly("f NORMAL submitted", "f NORMAL joined");
  }

  @Test
  void theObserverIsToldOfALostRun() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = fixture.worker("f");
    worker.grabs();
    worker.leaves();

    assertThat(observed)
        .containsExactly("f NORMAL submitted", "f NORMAL started PT0S", "f NORMAL restarted");
  }

  @Test
  void aJobThatIsGivenUpHasEndedInTheHandsOfItsWorker() {
    ServerSettings once = observed(new ServerSettings());
    once.jobRetries = 1;
    BrokerFixture strict = new BrokerFixture(once);
    strict.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = strict.worker("f");
    worker.grabs();
    worker.leaves();

    assertThat(observed)
        .containsExactly("f NORMAL submitted", "f NORMAL started PT0S", "f NORMAL GIVEN_UP PT0S");
  }

  @Test
  void aJobThatNeverRanIsWithdrawn() {
    BrokerFixture.Connection client = fixture.connect();
    client.submits(SUBMIT_JOB, "f", "", "");
    client.leaves();

    assertThat(observed).containsExactly("f NORMAL submitted", "f NORMAL withdrawn");
  }

  @Test
  void aJobThatWaitsWhileAWorkerHangsIsAStandstill() {
    BrokerFixture.Connection worker = fixture.worker("g", "f").sends(PRE_SLEEP);
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    pass(10); // it was woken and does not come

    assertThat(snapshot().standstills())
        .containsExactly(
            new ServerSnapshot.Standstill(
                "f",
                new ServerSnapshot.Worker(
                    worker.peer.number, "127.0.0.1", "-", 2, 0, Duration.ofSeconds(10)),
                Duration.ofSeconds(10)));
  }

  @Test
  void aJobThatWaitsForBusyWorkersOnlyIsNoStandstill() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    fixture.worker("f").grabs();
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    pass(60);

    assertThat(snapshot().standstills()).isEmpty();
  }

  @Test
  void aJobThatNobodyCanDoIsNoStandstill() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    fixture.worker("g").sends(PRE_SLEEP);
    pass(60);

    assertThat(snapshot().standstills()).isEmpty();
  }

  @Test
  void aWorkerThatAsksNowAndThenHangsNot() {
    fixture.connect().submits(SUBMIT_JOB_BG, "f", "", "");
    BrokerFixture.Connection worker = fixture.connect();
    pass(60);
    worker.sends(CAN_DO, "f");
    pass(9);

    assertThat(snapshot().standstills()).isEmpty();
    worker.sends(GRAB_JOB);
    assertThat(snapshot().standstills()).isEmpty();
  }

  @Test
  void aNameThatIsNoUtf8IsReadAsFarAsItIs() {
    fixture.connect().sends(CAN_DO, "caf\u00c3\u00a9 \u00ff");

    assertThat(function().name()).isEqualTo("caf\u00e9 \ufffd");
  }
}
