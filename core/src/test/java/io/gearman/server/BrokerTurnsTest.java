// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The functions of a worker take turns, however many they are: compared with a worker who looks
 * through all of them, the one served longest ago first.
 */
class BrokerTurnsTest extends BrokerFixture {

  private static final int STEPS = 3_000;

  private record Waiting(String handle, String function) {}

  private final Connection client = connect();
  private final Connection worker = connect();
  private final List<String> inTurn = new ArrayList<>();
  private final Map<String, Deque<Waiting>> high = new HashMap<>();
  private final Map<String, Deque<Waiting>> normal = new HashMap<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 40})
  void ofFunctionsWithJobsThatOneIsServedWhoseTurnItIs(int functions) {
    Random random = new Random(functions);
    IntStream.range(0, functions).forEach(i -> canDo("f" + i));
    for (int step = 0; step < STEPS; step++) {
      String function = "f" + random.nextInt(2 * functions); // the worker cannot do all of them
      switch (random.nextInt(step % 200 < 100 ? 12 : 4)) {
        case 0, 1 -> grabs();
        case 2 -> changes(function, random.nextInt(10) == 0);
        case 3 -> submits(function, true);
        default -> submits(function, false);
      }
    }
    boolean more = grabs();
    while (more) {
      more = grabs();
    }
  }

  @Test
  void aFunctionThatHadJobsBeforeItsWorkerCameIsServedToo() {
    IntStream.range(0, 40).forEach(i -> canDo("f" + i));
    submits("f1", false);
    submits("late", false);
    assertThat(grabs()).isTrue();
    canDo("late");
    assertThat(grabs()).isTrue();
    assertThat(grabs()).isFalse();
  }

  private void canDo(String function) {
    worker.sends(CAN_DO, function);
    inTurn.remove(function);
    inTurn.add(0, function);
  }

  private void changes(String function, boolean really) {
    if (!really) {
      return;
    }
    if (inTurn.remove(function)) {
      worker.sends(CANT_DO, function);
    } else {
      canDo(function);
    }
  }

  private void submits(String function, boolean urgent) {
    String handle = client.submits(urgent ? SUBMIT_JOB_HIGH_BG : SUBMIT_JOB_BG, function, "", "");
    (urgent ? high : normal)
        .computeIfAbsent(function, f -> new ArrayDeque<>())
        .addLast(new Waiting(handle, function));
  }

  /** Says whether there was a job. */
  private boolean grabs() {
    Optional<Waiting> expected = next(high).or(() -> next(normal));
    worker.sends(GRAB_JOB);
    if (expected.isEmpty()) {
      worker.hears(NO_JOB);
      return false;
    }
    worker.hears(JOB_ASSIGN, expected.get().handle, expected.get().function, "");
    worker.sends(WORK_COMPLETE, expected.get().handle, "");
    return true;
  }

  private Optional<Waiting> next(Map<String, Deque<Waiting>> jobs) {
    for (String function : inTurn) {
      Deque<Waiting> waiting = jobs.getOrDefault(function, new ArrayDeque<>());
      if (!waiting.isEmpty()) {
        Collections.rotate(inTurn.subList(inTurn.indexOf(function), inTurn.size()), -1);
        return Optional.of(waiting.removeFirst());
      }
    }
    return Optional.empty();
  }
}
