// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobHandle;
import io.gearman.server.JobServer;
import io.gearman.testkit.TestTls;
import io.gearman.transport.Backoff;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ConnectionState.Status;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.test.StepVerifier;

/** A client of real servers, of which some are down. */
class ServersOfAListTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final Disposable.Composite clients = Disposables.composite();
  private final List<DisposableServer> running = new ArrayList<>();

  @AfterEach
  void end() {
    clients.dispose();
    running.forEach(DisposableServer::disposeNow);
  }

  private List<ServerAddress> start(int servers) {
    return IntStream.range(0, servers)
        .mapToObj(i -> start(JobServer.create(), "127.0.0.1:%d"))
        .toList();
  }

  private ServerAddress start(JobServer settings, String address) {
    DisposableServer server = settings.port(0).bind().block(BOUND);
    running.add(server);
    return ServerAddress.parse(address.formatted(server.port()));
  }

  private GearmanClient client(
      List<ServerAddress> servers, ServerSelection selection, ConnectionSettings connection) {
    GearmanClient client =
        GearmanClient.builder(servers)
            .selection(selection)
            .connection(
                connection.withBackoff(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50))))
            .build();
    clients.add(client);
    return client;
  }

  private GearmanClient client(List<ServerAddress> servers, ServerSelection selection) {
    return client(servers, selection, ConnectionSettings.defaults());
  }

  private static JobRequest job(String unique) {
    return JobRequest.of("f", new byte[0]).withUnique(unique);
  }

  /** Which server has which of 60 jobs. */
  private static Map<String, String> places(GearmanClient client) {
    return Flux.range(0, 60)
        .map(i -> "job " + i)
        .flatMap(
            unique -> client.enqueue(job(unique)).map(handle -> Map.entry(unique, handle.server())))
        .collectList()
        .block(BOUND)
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Stops a server and waits until all these know. */
  private void stop(int index, ServerAddress server, GearmanClient... knowing) {
    Flux<ConnectionState> losses =
        Flux.fromArray(knowing)
            .flatMap(
                client ->
                    client
                        .states()
                        .filter(state -> state.server().equals(server))
                        .filter(state -> state.status() == Status.DOWN)
                        .next());
    running.get(index).disposeNow(BOUND);
    losses.blockLast(BOUND);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void oneThatIsDownWhereverItStandsCostsNoJob(int dead) {
    List<ServerAddress> servers = start(3);
    running.get(dead).disposeNow(BOUND);
    for (ServerSelection selection : ServerSelection.values()) {
      Map<String, String> places = places(client(servers, selection));
      assertThat(places).as("jobs of %s", selection).hasSize(60);
      assertThat(places.values()).doesNotContain(servers.get(dead).toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneThatGoesDownCostsNoLaterJob(ServerSelection selection) {
    List<ServerAddress> servers = start(3);
    GearmanClient client = client(servers, selection);
    places(client);
    stop(0, servers.get(0), client);
    assertThat(places(client)).hasSize(60).doesNotContainValue(servers.get(0).toString());
  }

  @Test
  void onTheRingEqualIdsOfAllClientsMeetAndFailOverToOneServer() {
    List<ServerAddress> servers = start(3);
    List<ServerAddress> reversed = new ArrayList<>(servers);
    Collections.reverse(reversed);
    GearmanClient one = client(servers, ServerSelection.RING);
    GearmanClient other = client(reversed, ServerSelection.RING);
    Map<String, String> before = places(one);
    assertThat(places(other)).isEqualTo(before);
    assertThat(before.values().stream().distinct()).hasSize(3);
    String dead = servers.get(1).toString();
    stop(1, servers.get(1), one, other);
    Map<String, String> after = places(one);
    assertThat(places(other)).isEqualTo(after);
    assertThat(after)
        .allSatisfy(
            (id, server) -> {
              if (before.get(id).equals(dead)) {
                assertThat(server).isNotEqualTo(dead);
              } else {
                assertThat(server).isEqualTo(before.get(id));
              }
            });
  }

  @Test
  void roundRobinGivesEachItsShare() {
    List<ServerAddress> servers = start(3);
    GearmanClient client = client(servers, ServerSelection.ROUND_ROBIN);
    client
        .states()
        .filter(state -> state.status() == Status.READY)
        .map(ConnectionState::server)
        .distinct()
        .take(3)
        .then()
        .doOnSubscribe(begun -> client.enqueue(job("first")).subscribe())
        .block(BOUND);
    Map<String, Long> shares =
        places(client).values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(shares).hasSize(3).allSatisfy((server, share) -> assertThat(share).isEqualTo(20));
  }

  @Test
  void aJobThatIsToFailFastFailsIfNoServerHasAWorker() {
    GearmanClient client = client(start(2), ServerSelection.FIRST_AVAILABLE);
    StepVerifier.create(client.run(job("u").withFailFast(true)))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(NoWorkerException.class)
                    .hasMessageEndingWith("has no worker for function f"))
        .verify(BOUND);
  }

  @Test
  void anAddressMayBeOneOfIpv6() {
    ServerAddress server = start(JobServer.create().host("::1"), "[::1]:%d");
    JobHandle handle =
        client(List.of(server), ServerSelection.FIRST_AVAILABLE).enqueue(job("u")).block(BOUND);
    assertThat(handle.server()).isEqualTo("[::1]:" + server.port());
  }

  @Test
  void oneThatIsToSpeakTlsIsTakenIfItsCertificateIsVouchedFor() {
    ServerAddress secured = start(JobServer.create().tls(TestTls.server()), "tls://127.0.0.1:%d");
    ConnectionSettings settings = ConnectionSettings.defaults().withTls(TestTls.client());
    GearmanClient client = client(List.of(secured), ServerSelection.FIRST_AVAILABLE, settings);
    assertThat(client.enqueue(job("u")).block(BOUND).server()).isEqualTo(secured.toString());
  }

  @Test
  void oneThatIsToSpeakTlsIsPassedOverIfNobodyVouchesForItsCertificate() {
    ServerAddress secured = start(JobServer.create().tls(TestTls.server()), "tls://127.0.0.1:%d");
    ServerAddress plain = start(1).get(0);
    GearmanClient client = client(List.of(secured, plain), ServerSelection.FIRST_AVAILABLE);
    assertThat(client.enqueue(job("u")).block(BOUND).server()).isEqualTo(plain.toString());
  }
}
