// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent;
import io.gearman.JobUpdate;
import io.gearman.protocol.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Credit under listeners, a connection and a publisher that each do something when they like. */
class JobRunCreditTest extends SessionFixture implements Publisher<JobUpdate>, Subscription {

  private static final int STEPS = 20_000;

  private final List<String> sent = new ArrayList<>();
  private Subscriber<? super JobUpdate> job;
  private long requested; // and not produced
  private int produced; // data, each with its number
  private long demanded = 1; // which the first data needs not be
  private boolean writable = true;

  JobRunCreditTest() {
    super(FLOW);
  }

  @Override
  public void subscribe(Subscriber<? super JobUpdate> subscriber) {
    job = subscriber;
    subscriber.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    requested += n;
  }

  @Override
  public void cancel() {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3})
  void noDataIsSentWithoutCreditAndNoneIsLostOrKeptBackThatHasIt(int seed) {
    Random random = new Random(seed);
    work(1, assigned -> this);
    assign(HANDLE);
    for (int step = 0; step < STEPS; step++) {
      act(random);
      results().forEach(this::hear);
      assertThat(sent).as("sent").hasSize((int) Math.min(produced, demanded));
      assertThat(produced + requested).as("asked for").isLessThanOrEqualTo(demanded + 1);
      assertThat(requested == 0 && writable && produced <= demanded).as("idle").isFalse();
    }
    assertThat(produced).isGreaterThan(STEPS / 10);
    assertThat(sent)
        .isEqualTo(IntStream.range(0, sent.size()).mapToObj(Integer::toString).toList());
  }

  private void act(Random random) {
    switch (random.nextInt(6)) {
      case 0 -> {
        int more = 1 + random.nextInt(4);
        demanded += more;
        connection.receive(WORK_DEMAND, HANDLE, Integer.toString(more));
      }
      case 1 -> {
        writable = random.nextInt(4) > 0;
        connection.writable(writable);
      }
      case 2 -> produce(new JobEvent.Status(1, 2));
      default -> produce(data(Integer.toString(produced)));
    }
  }

  private void produce(JobUpdate update) {
    if (requested > 0) {
      requested--;
      produced += update instanceof JobEvent.Data ? 1 : 0;
      job.onNext(update);
    }
  }

  private void hear(Packet packet) {
    if (packet.type() == WORK_DATA) {
      sent.add(packet.text(1));
    }
  }
}
