// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.NO_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Slots under a server that answers as it likes, and jobs that end when they like. */
class WorkerSlotsTest extends SessionFixture {

  private static final int STEPS = 20_000;

  private final List<Sinks.Empty<JobUpdate>> running = new ArrayList<>();
  private int grabs; // open ones, as the server sees them
  private boolean asleep;
  private int assigned;

  @ParameterizedTest(name = "{0} slots")
  @ValueSource(ints = {1, 2, 3, 16})
  void jobsAndGrabsNeverExceedTheSlotsAndNoSlotIsForgotten(int slots) {
    Random random = new Random(slots);
    work(slots, job -> random.nextInt(4) == 0 ? Mono.empty() : begin());
    grabs = 1;
    for (int step = 0; step < STEPS; step++) {
      act(random);
      connection.written().forEach(this::hear);
      assertThat(connection.cause()).isNull();
      assertThat(grabs + running.size()).isLessThanOrEqualTo(slots);
      assertThat(asleep && grabs > 0).as("grabs in its sleep").isFalse();
      assertThat(!asleep && grabs == 0 && running.size() < slots).as("idle").isFalse();
    }
    assertThat(assigned).isGreaterThan(STEPS / 20);
  }

  private Mono<JobUpdate> begin() {
    Sinks.Empty<JobUpdate> job = Sinks.empty();
    running.add(job);
    return job.asMono();
  }

  private void act(Random random) {
    int choice = random.nextInt(4);
    if (choice == 0 && !running.isEmpty()) {
      Sinks.Empty<JobUpdate> job = running.remove(random.nextInt(running.size()));
      if (random.nextBoolean()) {
        job.tryEmitEmpty();
      } else {
        job.tryEmitError(new JobFailedException(new JobHandle("scripted:4730", "H:0")));
      }
    } else if (choice == 1 && asleep) {
      asleep = false;
      connection.receive(NOOP);
    } else if (choice == 2 && grabs > 0) {
      grabs--;
      connection.receive(NO_JOB);
    } else if (choice == 3 && grabs > 0) {
      grabs--;
      assign("H:" + ++assigned);
    }
  }

  private void hear(Packet packet) {
    switch (packet.type()) {
      case GRAB_JOB_UNIQ -> grabs++;
      case PRE_SLEEP -> asleep = true;
      case WORK_COMPLETE, WORK_FAIL -> {}
      default -> throw new AssertionError(packet);
    }
  }
}
