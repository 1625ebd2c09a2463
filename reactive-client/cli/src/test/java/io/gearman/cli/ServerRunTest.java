// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.cli.ServerRun.Event;
import io.gearman.server.JobServer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What comes of signals, on a server that never ends by itself. */
class ServerRunTest {

  private final List<String> told = new ArrayList<>();
  private final JobServer.Bound server =
      (JobServer.Bound)
          Proxy.newProxyInstance(
              JobServer.Bound.class.getClassLoader(),
              new Class<?>[] {JobServer.Bound.class},
              (proxy, method, arguments) -> {
                told.add(method.getName() + (arguments == null ? "" : List.of(arguments)));
                return switch (method.getName()) {
                  case "drain" -> Mono.never();
                  case "reloadTls" -> Mono.error(new IllegalArgumentException("a bad file"));
                  default -> null;
                };
              });

  /** What is left of the events when the server has ended. */
  private List<Event> serve(Event... events) throws InterruptedException {
    return serve(Duration.ZERO, events);
  }

  private List<Event> serve(Duration stopTimeout, Event... events) throws InterruptedException {
    ServerRun run = new ServerRun(System.out);
    run.events.addAll(List.of(events));
    run.serve(server, stopTimeout);
    return List.copyOf(run.events);
  }

  @Test
  void drainsOnceHoweverOftenItIsTold() throws Exception {
    assertThat(serve(Event.DRAIN, Event.DRAIN, Event.DRAIN, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("drain");
  }

  @Test
  void aStopEndsTheDraining() throws Exception {
    assertThat(serve(Event.DRAIN, Event.STOP, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("drain", "dispose");
  }

  @Test
  void readsTheFilesOfTlsAgainAndGoesOnIfTheyAreBad() throws Exception {
    assertThat(serve(Event.HANG_UP, Event.HANG_UP, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("reloadTls", "reloadTls");
  }

  @Test
  void onlyAnotherStopCutsAStopShort() throws Exception {
    assertThat(serve(Event.STOP, Event.DRAIN, Event.HANG_UP, Event.STOP, Event.ENDED))
        .containsExactly(Event.ENDED);
    assertThat(told).containsExactly("dispose");
  }

  @Test
  void aStopThatMayTakeItsTimeDrainsForThatTime() throws Exception {
    assertThat(serve(Duration.ofSeconds(7), Event.STOP, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("drain[PT7S]");
  }

  @Test
  void aDrainingServerThatIsStoppedHasThatTimeFromThen() throws Exception {
    assertThat(serve(Duration.ofSeconds(7), Event.DRAIN, Event.STOP, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("drain", "drain[PT7S]");
  }

  @Test
  void anotherStopDoesNotWaitForJobs() throws Exception {
    assertThat(serve(Duration.ofSeconds(7), Event.STOP, Event.STOP, Event.ENDED)).isEmpty();
    assertThat(told).containsExactly("drain[PT7S]", "dispose");
  }
}
