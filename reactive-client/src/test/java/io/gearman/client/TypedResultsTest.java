// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.testkit.ScriptedConnection.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.PayloadCodec;
import io.gearman.PayloadException;
import io.gearman.Priority;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** Values instead of bytes. */
class TypedResultsTest extends SessionFixture {

  /** Decimal numbers. */
  private static final PayloadCodec<Integer> NUMBERS =
      new PayloadCodec<>() {
        @Override
        public byte[] encode(Integer value) {
          if (value < 0) {
            throw new IllegalArgumentException("negative");
          }
          return bytes(value.toString());
        }

        @Override
        public Integer decode(byte[] bytes) {
          return Integer.valueOf(new String(bytes, ISO_8859_1));
        }
      };

  private final GearmanClient client = new SessionClient(session);

  private TestSubscriber<Integer> call(int value) {
    return subscribe(client.call("double", value, NUMBERS, NUMBERS).flux(), Long.MAX_VALUE);
  }

  private static void assertFailed(TestSubscriber<?> subscriber, String bytes) {
    assertThat(subscriber.expectTerminalError())
        .isInstanceOfSatisfying(
            PayloadException.class,
            error -> {
              assertThat(error.function()).isEqualTo("double");
              assertThat(error.bytes()).isEqualTo(bytes(bytes));
            });
  }

  @Test
  void aValueIsTheWorkloadAndTheResultIsAValue() {
    TestSubscriber<Integer> call = call(21);
    assertThat(connection.written()).containsExactly(request(SUBMIT_JOB, "double", "", "21"));
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "4");
    connection.receive(WORK_COMPLETE, HANDLE, "2");
    assertThat(call.getReceivedOnNext()).containsExactly(42);
    assertThat(call.isTerminatedComplete()).isTrue();
  }

  @Test
  void aResultThatIsNoValueIsAnError() {
    TestSubscriber<Integer> call = call(21);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_COMPLETE, HANDLE, "many");
    assertFailed(call, "many");
  }

  @Test
  void anEmptyResultIsForTheCodecToJudge() {
    TestSubscriber<Integer> call = call(21);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertFailed(call, "");
  }

  @Test
  void aValueThatCannotBeEncodedIsAnErrorAndNothingIsSent() {
    assertFailed(call(-1), "");
    assertThat(connection.written()).isEmpty();
  }

  @Test
  void thereIsNoNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> client.call("double", null, NUMBERS, NUMBERS))
        .withMessage("value");
    assertThatNullPointerException()
        .isThrownBy(() -> client.stream("double", null, NUMBERS, NUMBERS))
        .withMessage("value");
  }

  @Test
  void eachPartOfAStreamIsAValue() {
    Flux<Integer> numbers = client.stream("double", 1, NUMBERS, NUMBERS);
    TestSubscriber<Integer> stream = subscribe(numbers, Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "4");
    connection.receive(WORK_DATA, HANDLE, "2");
    connection.receive(WORK_COMPLETE, HANDLE, "");
    assertThat(stream.getReceivedOnNext()).containsExactly(4, 2);
    assertThat(stream.isTerminatedComplete()).isTrue();
  }

  @Test
  void aPartThatIsNoValueIsAnErrorAndCancelsTheJob() {
    TestSubscriber<Integer> stream =
        subscribe(client.stream("double", 1, NUMBERS, NUMBERS), Long.MAX_VALUE);
    connection.receive(JOB_CREATED, HANDLE);
    connection.receive(WORK_DATA, HANDLE, "4");
    connection.receive(WORK_DATA, HANDLE, "many");
    assertThat(stream.getReceivedOnNext()).containsExactly(4);
    assertFailed(stream, "many");
    assertThat(dropped).containsExactly(handle(HANDLE));
  }

  @Test
  void aRequestOfAnyKindMayHaveAResultOfAType() {
    JobRequest urgent = JobRequest.of("double", 21, NUMBERS).withPriority(Priority.HIGH);
    TestSubscriber<Integer> call = subscribe(client.call(urgent, NUMBERS).flux(), Long.MAX_VALUE);
    TestSubscriber<Integer> stream = subscribe(client.stream(urgent, NUMBERS), Long.MAX_VALUE);
    assertThat(connection.written()).hasSize(2).allMatch(urgent.inForeground()::equals);
    connection.receive(JOB_CREATED, "H:1");
    connection.receive(JOB_CREATED, "H:2");
    connection.receive(WORK_COMPLETE, "H:1", "1");
    connection.receive(WORK_COMPLETE, "H:2", "2");
    assertThat(call.getReceivedOnNext()).containsExactly(1);
    assertThat(stream.getReceivedOnNext()).containsExactly(2);
  }
}
