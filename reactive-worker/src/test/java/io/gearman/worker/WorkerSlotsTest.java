// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Slots under a server that answers as it likes, and jobs that end when they like. */
class WorkerSlotsTest {

  private static final int STEPS = 20_000;

  /** A job as the server knows it, and what ends it. */
  private record Running(String handle, Sinks.Empty<JobUpdate> end) {}

  private final List<Running> running = new ArrayList<>();
  private int grabs; // open ones, as the server sees them
  private boolean asleep;
  private int assigned;

  private Mono<JobUpdate> begin(Job job) {
    Sinks.Empty<JobUpdate> end = Sinks.empty();
    running.add(new Running(job.handle().id(), end));
    return end.asMono();
  }

  private SessionFixture work(Packet answer, int slots, Random random) {
    SessionFixture worker = new SessionFixture(answer);
    worker.work(slots, job -> random.nextInt(4) == 0 ? Mono.empty() : begin(job));
    return worker;
  }

  @ParameterizedTest(name = "{0} slots")
  @ValueSource(ints = {1, 2, 3, 16})
  void jobsAndGrabsNeverExceedTheSlotsAndNoSlotIsForgotten(int slots) {
    Random random = new Random(slots);
    SessionFixture worker = work(SessionFixture.PLAIN, slots, random);
    grabs = 1;
    for (int step = 0; step < STEPS; step++) {
      act(random, worker);
      worker.connection.written().forEach(this::hear);
      assertThat(worker.connection.cause()).isNull();
      assertThat(grabs + running.size()).isLessThanOrEqualTo(slots);
      assertThat(asleep && grabs > 0).as("grabs in its sleep").isFalse();
      assertThat(!asleep && grabs == 0 && running.size() < slots).as("idle").isFalse();
    }
    assertThat(assigned).isGreaterThan(STEPS / 20);
  }

  @ParameterizedTest(name = "{0} slots")
  @ValueSource(ints = {1, 2, 3, 16})
  void withFlowEachSlotHasEitherAJobOrAGrab(int slots) {
    Random random = new Random(slots);
    SessionFixture worker = work(SessionFixture.FLOW, slots, random);
    grabs = slots;
    for (int step = 0; step < STEPS; step++) {
      actWithFlow(random, worker.connection);
      worker.connection.written().forEach(this::hear);
      assertThat(worker.connection.cause()).isNull();
      assertThat(grabs + running.size()).isEqualTo(slots);
      assertThat(asleep).isFalse();
    }
    assertThat(assigned).isGreaterThan(STEPS / 20);
  }

  private void act(Random random, SessionFixture worker) {
    int choice = random.nextInt(4);
    if (choice == 0 && !running.isEmpty()) {
      endOne(random);
    } else if (choice == 1 && asleep) {
      asleep = false;
      worker.connection.receive(NOOP);
    } else if (choice == 2 && grabs > 0) {
      grabs--;
      worker.connection.receive(NO_JOB);
    } else if (choice == 3 && grabs > 0) {
      assign(worker.connection);
    }
  }

  private void actWithFlow(Random random, ScriptedConnection connection) {
    int choice = random.nextInt(4);
    if (choice == 0 && !running.isEmpty()) {
      endOne(random);
    } else if (choice == 1 && !running.isEmpty()) {
      Running job = running.remove(random.nextInt(running.size()));
      connection.receive(WORK_CANCEL, job.handle());
    } else if (choice > 1 && grabs > 0) {
      assign(connection);
    }
  }

  private void assign(ScriptedConnection connection) {
    grabs--;
    SessionFixture.assign(connection, "H:" + ++assigned);
  }

  private void endOne(Random random) {
    Running job = running.remove(random.nextInt(running.size()));
    if (random.nextBoolean()) {
      job.end().tryEmitEmpty();
    } else {
      job.end().tryEmitError(new JobFailedException(new JobHandle("scripted:4730", job.handle())));
    }
  }

  private void hear(Packet packet) {
    switch (packet.type()) {
      case GRAB_JOB_ALL -> grabs++;
      case PRE_SLEEP -> asleep = true;
      case WORK_COMPLETE, WORK_FAIL -> {}
      default -> throw new AssertionError(packet);
    }
  }
}
