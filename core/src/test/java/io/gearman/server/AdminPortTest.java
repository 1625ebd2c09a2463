// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.ServerErrorException;
import io.gearman.admin.AdminClient;
import io.gearman.testkit.LogRecorder;
import io.gearman.testkit.WireClient;
import io.gearman.transport.ServerAddress;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.netty.ChannelBindException;
import reactor.netty.tcp.TcpServer;
import reactor.test.StepVerifier;

/** A port that only administrators use, and what a server says of the ports that it opens. */
class AdminPortTest {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final String HOST = "127.0.0.1";
  private static final JobServer SETTINGS = JobServer.create().port(0);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<JobServer.Bound> servers = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private JobServer.Bound start(JobServer settings) {
    JobServer.Bound server = settings.bind().block(BOUND);
    servers.add(server);
    open.add(() -> server.disposeNow(BOUND));
    return server;
  }

  private WireClient connect(int port) {
    WireClient client = WireClient.connect(HOST, port);
    open.add(0, client);
    return client;
  }

  private WireClient connect(JobServer.Bound server) {
    return connect(server.port());
  }

  private WireClient administrate(JobServer.Bound server) {
    return connect(portOf(server.adminAddress()));
  }

  private static void isServed(WireClient client) {
    client.request(ECHO_REQ, "x").receive(ECHO_RES);
  }

  private int occupiedPort() throws Exception {
    ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    open.add(occupied);
    return occupied.getLocalPort();
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Test
  void withoutOneAdministratorsUseThePortOfEverybody() {
    JobServer.Bound server = start(SETTINGS);
    assertThat(server.adminAddress()).isNull();
    assertThat(connect(server).command("status").receiveUntil(".")).isEmpty();
  }

  @Test
  void withOneTextIsRefusedElsewhere() {
    JobServer.Bound server = start(SETTINGS.adminPort(0));
    WireClient client = connect(server);
    assertThat(client.command("create function f").receiveLine())
        .startsWith("ERR NOT_ALLOWED Text+commands+need+the+role+ADMIN");
    assertThat(administrate(server).command("status").receiveUntil(".")).isEmpty();
    client.request(SUBMIT_JOB_BG, "f", "", "work").receive(JOB_CREATED);
    client.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
    assertThat(administrate(server).command("status").receiveUntil("."))
        .containsExactly("f\t1\t1\t1");
  }

  @Test
  void anAdminClientOnTheMainPortHearsWhy() {
    JobServer.Bound server = start(SETTINGS.adminPort(0));
    AdminClient admin = AdminClient.create(new ServerAddress(HOST, server.port()));
    for (Publisher<?> command : List.of(admin.status(), admin.createFunction("f"))) {
      StepVerifier.create(command)
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(ServerErrorException.class)
                      .hasMessageContaining("NOT_ALLOWED (Text commands need the role ADMIN)"))
          .verify(BOUND);
    }
  }

  @Test
  void itTakesNeitherJobsNorWorkers() {
    JobServer.Bound server = start(SETTINGS.adminPort(0));
    WireClient admin = administrate(server);
    assertThat(admin.request(SUBMIT_JOB_BG, "f", "", "").receive(ERROR).text(0))
        .isEqualTo("NOT_ALLOWED");
    assertThat(admin.command("status").receiveUntil(".")).isEmpty();
    WireClient worker = administrate(server).request(CAN_DO, "f");
    assertThat(worker.receive(ERROR).text(0)).isEqualTo("NOT_ALLOWED");
    worker.expectClosed();
    assertThat(admin.command("status").receiveUntil(".")).isEmpty();
  }

  @Test
  void anAdministratorGetsInWhenNobodyElseDoes() {
    JobServer.Bound server = start(SETTINGS.adminPort(0).maxConnections(1));
    isServed(connect(server));
    connect(server).expectClosed();
    assertThat(administrate(server).command("workers").receiveUntil(".")).hasSize(2);
  }

  @Test
  void itIsThereUntilTheServerHasDrained() {
    JobServer.Bound server = start(SETTINGS.adminPort(0));
    WireClient client = connect(server);
    String handle = client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED).text(0);
    int port = server.port();
    server.drain().subscribe();
    WireClient admin = administrate(server);
    assertThat(admin.command("status").receiveUntil(".")).containsExactly("f\t1\t0\t0");
    assertThatThrownBy(() -> connect(port)).hasMessageContaining("Cannot connect");
    assertThat(admin.command("cancel job " + handle).receiveLine()).startsWith("OK");
    server.onDispose().block(BOUND);
    admin.expectClosed();
  }

  @Test
  void disposingOfTheServerClosesItToo() {
    JobServer.Bound server = start(SETTINGS.adminPort(0));
    WireClient admin = administrate(server);
    isServed(admin);
    server.disposeNow(BOUND);
    admin.expectClosed();
    int port = portOf(server.adminAddress());
    assertThatThrownBy(() -> connect(port)).hasMessageContaining("Cannot connect");
  }

  @Test
  void ifItIsTakenTheServerDoesNotStartAndSaysWhichPortItWas() throws Exception {
    int port = freePort();
    int occupied = occupiedPort();
    expectBindFailure(SETTINGS.port(port).adminPort(occupied), occupied);
    start(SETTINGS.port(port));
  }

  @Test
  void ifTheMainPortIsTakenItIsNotLeftOpen() throws Exception {
    int port = freePort();
    int occupied = occupiedPort();
    expectBindFailure(SETTINGS.port(occupied).adminPort(port), occupied);
    start(SETTINGS.port(port));
  }

  private static void expectBindFailure(JobServer settings, int port) {
    StepVerifier.create(settings.bind())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ChannelBindException.class,
                        refused -> assertThat(refused.localPort()).isEqualTo(port))
                    .hasMessageContaining(HOST + ':' + port))
        .verify(BOUND);
  }

  @Test
  void settingsOutOfRangeAreRefusedWithTheirLimits() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.adminPort(-1))
        .withMessage("adminPort must be 0 to 65535, not -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.maxConnections(0))
        .withMessage("maxConnections must be 1 to 2147483647, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.maxConnectionsPerAddress(0))
        .withMessage("maxConnectionsPerAddress must be 1 to 2147483647, not 0");
  }

  // ---- what is said of ports that strangers can reach

  private List<String> saidAtTheStartOf(JobServer settings) {
    try (LogRecorder log = new LogRecorder("io.gearman.server.JobServer.exposed")) {
      start(settings);
      return log.lines();
    }
  }

  @Test
  void aServerForThisMachineAloneSaysNothing() {
    assertThat(saidAtTheStartOf(SETTINGS.adminPort(0))).isEmpty();
  }

  @Test
  void aServerForAllSaysSoOnce() {
    assertThat(saidAtTheStartOf(SETTINGS.host("0.0.0.0")))
        .singleElement()
        .asString()
        .startsWith("WARN Listening beyond this machine")
        .contains(":" + servers.get(0).port() + ", without TLS");
  }

  @Test
  void administratorsFromElsewhereAreSaidToo() {
    assertThat(saidAtTheStartOf(SETTINGS.adminPort(0).adminHost("0.0.0.0")))
        .singleElement()
        .asString()
        .contains(":" + portOf(servers.get(0).adminAddress()) + ", without TLS");
  }

  private static int portOf(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  @Test
  void withTlsNothingIsSaid() {
    assertThat(saidAtTheStartOf(SETTINGS.host("0.0.0.0").tcp(AdminPortTest::secure))).isEmpty();
  }

  private static TcpServer secure(TcpServer tcp) {
    try {
      KeyStore empty = KeyStore.getInstance(KeyStore.getDefaultType());
      empty.load(null, null);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(empty, new char[0]);
      var context = SslContextBuilder.forServer(keys).build();
      return tcp.secure(spec -> spec.sslContext(context));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
