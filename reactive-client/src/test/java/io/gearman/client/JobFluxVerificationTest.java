// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobEvent;
import io.gearman.protocol.Packet;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.testkit.TckTests;
import io.gearman.transport.ConnectionSettings;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.tcp.TcpClient;

/** The publisher of a job by the Reactive Streams TCK, through {@code stream}. */
class JobFluxVerificationTest {

  private static final EventExecutor LOOP = new DefaultEventExecutor();

  @AfterAll
  static void stopTheLoop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @TestFactory
  Stream<DynamicTest> theDataOfAJobKeepsTheRulesOfReactiveStreams() {
    return TckTests.of(Verification::new);
  }

  @TestFactory
  Stream<DynamicTest> theDataOfAJobUnderFlowKeepsTheRulesOfReactiveStreams() {
    return TckTests.of(FlowVerification::new);
  }

  /** With the flow extension. */
  public static final class FlowVerification extends Verification {

    @Override
    Flux<JobEvent> events(Work work) {
      return work.eventsUnderFlow();
    }
  }

  /** Public, since the TCK is made for TestNG. */
  public static class Verification extends PublisherVerification<String> {

    private static final long TIMEOUT_MILLIS = 1_000; // for what must come
    private static final long SILENCE_MILLIS = 50; // for what must not
    private static final long COLLECTION_MILLIS = 2_000;

    public Verification() {
      super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), COLLECTION_MILLIS);
    }

    @Override
    public Publisher<String> createPublisher(long elements) {
      return Results.parts(
          Flux.defer(() -> events(new Work(elements))), part -> new String(part, ISO_8859_1));
    }

    Flux<JobEvent> events(Work work) {
      return work.events();
    }

    @Override
    public Publisher<String> createFailedPublisher() {
      return GearmanClient.builder(ScriptedConnection.SERVER)
          .connection(ConnectionSettings.defaults().withTcp(Verification::unreachable))
          .connectLimit(Duration.ofMillis(1))
          .build()
          .stream("f", new byte[0])
          .map(part -> new String(part, ISO_8859_1));
    }

    private static TcpClient unreachable(TcpClient client) {
      return client.remoteAddress(
          () -> {
            throw new IllegalStateException("No address");
          });
    }

    @Override
    public long boundedDepthOfOnNextAndRequestRecursion() {
      return 1;
    }
  }

  /** A server whose worker sends as much as was requested, on the loop of its only client. */
  private static final class Work {

    private static final int BATCH = 64; // then the client has its turn

    private final ScriptedConnection connection =
        new ScriptedConnection(LOOP).answeredBy(this::hear);
    private final ClientSession session =
        connection.open(
            opened ->
                ClientSession.shared(
                    opened, SessionFixture.settings(Integer.MAX_VALUE), handle -> Mono.empty()));
    private long remaining;
    private long credit;
    private boolean running;

    private Work(long elements) {
      this.remaining = elements;
    }

    private Flux<JobEvent> events() {
      return session
          .run(SessionFixture.JOB)
          .doOnRequest(n -> LOOP.execute(() -> demand(n)))
          .doOnCancel(() -> LOOP.execute(() -> running = false));
    }

    private Flux<JobEvent> eventsUnderFlow() {
      return session
          .introduce("", SessionFixture.PATIENCE)
          .doOnNext(flowing -> credit = 1)
          .flatMapMany(flowing -> flowing.run(SessionFixture.JOB));
    }

    private void hear(Packet packet) {
      switch (packet.type()) {
        case OPTION_REQ -> connection.receive(OPTION_RES, packet.text(0));
        case SUBMIT_JOB -> begin();
        case WORK_DEMAND -> demand(Long.parseLong(packet.text(1)));
        case WORK_CANCEL -> running = false;
        default -> throw new AssertionError(packet);
      }
    }

    private void begin() {
      running = true;
      connection.receive(JOB_CREATED, "H:1");
      send();
    }

    private void demand(long n) {
      credit = Operators.addCap(credit, n);
      send();
    }

    private void send() {
      int sent = 0;
      for (; running && sent < BATCH && credit > 0 && remaining > 0; sent++) {
        credit--;
        remaining--;
        connection.receive(WORK_DATA, "H:1", Long.toString(remaining));
      }
      if (running && remaining == 0) {
        running = false;
        connection.receive(WORK_COMPLETE, "H:1", "");
      } else if (sent == BATCH) {
        LOOP.execute(this::send);
      }
    }
  }
}
