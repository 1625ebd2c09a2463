// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.JOB_ASSIGN_UNIQ;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.OPTION_REQ;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where {@code gearman submit} goes with its jobs, and what it does if nobody is there. */
class SubmitServersTest {

  private static final String NOBODY = "127.0.0.1:1";
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer one = RunningServer.embedded();
  @RegisterExtension final RunningServer two = RunningServer.embedded();
  @RegisterExtension final RunningServer secured = RunningServer.embeddedWithTls();

  private final Cli cli = new Cli();

  private static String name(RunningServer server) {
    return "127.0.0.1:" + server.address().port();
  }

  private int submit(String servers, String... words) {
    List<String> all = new ArrayList<>(List.of("submit", "--strict", "--servers", servers));
    all.addAll(List.of("-f", "f"));
    all.addAll(List.of(words));
    return cli.run(all.toArray(String[]::new));
  }

  private CompletableFuture<Integer> start(String servers, String... words) {
    return CompletableFuture.supplyAsync(() -> submit(servers, words));
  }

  private static int exitCode(CompletableFuture<Integer> run) throws Exception {
    return run.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private static List<String> status(RunningServer server) {
    return server.connect().command("status").receiveUntil(".");
  }

  @Test
  void aJobGoesToTheFirstServerThatIsThere() {
    String servers = NOBODY + "," + name(two) + "," + name(one);

    assertThat(submit(servers, "-b", "x")).isZero();
    assertThat(status(two)).contains("f\t1\t0\t0");
    assertThat(status(one)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"first-available,4", "round-robin,2"})
  void theSelectionSaysWhichServerAJobGoesTo(String selection, int atTheFirst) {
    String servers = name(one) + "," + name(two);

    assertThat(submit(servers, "-b", "--selection=" + selection, "a", "b", "c", "d"))
        .as("%s", cli.err())
        .isZero();
    assertThat(status(one)).contains("f\t" + atTheFirst + "\t0\t0");
  }

  @Test
  void equalIdsMeetOnTheRing() {
    String[] words = {"-b", "--selection=ring", "-u", "id", "x"};

    assertThat(submit(name(one) + "," + name(two), words)).isZero();
    assertThat(submit(name(two) + "," + name(one), words)).isZero();
    assertThat(List.of(status(one), status(two)))
        .containsExactlyInAnyOrder(List.of("f\t1\t0\t0"), List.of());
  }

  @Test
  void theEnvironmentNamesServers() {
    cli.environment.put("GEARMAN_SERVER", NOBODY);
    cli.environment.put("GEARMAN_SERVERS", name(two));

    assertThat(cli.run("submit", "-b", "-f", "f", "x", "--strict")).isZero();
    assertThat(status(two)).contains("f\t1\t0\t0");
  }

  @Test
  void aNamespaceIsSeenByTheServerAlone() throws Exception {
    CompletableFuture<Integer> run = start(name(one), "--namespace=ns-", "-P", "x");
    WireClient worker = one.connect().timeout(SOON).request(CAN_DO, "ns-f");
    Packet job = grab(worker);
    assertThat(job.text(1)).isEqualTo("ns-f");
    worker.request(WORK_COMPLETE, job.text(0), "done");

    assertThat(exitCode(run)).isZero();
    assertThat(cli.out()).isEqualTo("f: done");
  }

  private static Packet grab(WireClient worker) {
    Packet answer;
    do {
      answer = worker.request(GRAB_JOB_UNIQ).receive();
    } while (answer.type() != JOB_ASSIGN_UNIQ);
    return answer;
  }

  @Test
  void aJobMayWaitForItsTime() {
    long now = Instant.now().getEpochSecond();
    assertThat(submit(name(one), "-b", "--at", "" + (now + 3600), "later")).isZero();
    assertThat(submit(name(one), "-b", "--at", "" + (now - 3600), "now")).isZero();

    WireClient worker = one.connect().timeout(SOON).request(CAN_DO, "f");
    assertThat(grab(worker).text(3)).isEqualTo("now");
    worker.request(GRAB_JOB).receive(NO_JOB);
    assertThat(status(one)).contains("f\t2\t1\t1");
  }

  @Test
  void aServerWithoutAWorkerRefusesIfItIsToFailFast() {
    assertThat(submit(name(one), "--fail-fast", "x")).isEqualTo(4);
    assertThat(cli.err())
        .containsExactly(
            "gearman submit: f: Server " + name(one) + " has no worker for function f");
  }

  @Test
  void itGoesToTheServerThatHasAWorkerIfItIsToFailFast() throws Exception {
    WireClient worker = two.connect().timeout(SOON).request(CAN_DO, "f");
    worker.request(GRAB_JOB).receive(NO_JOB); // and thus it is known
    CompletableFuture<Integer> run = start(name(one) + "," + name(two), "--fail-fast", "x");
    worker.request(WORK_COMPLETE, grab(worker).text(0), "done");

    assertThat(exitCode(run)).isZero();
    assertThat(cli.out()).isEqualTo("done");
  }

  /** At once, and not after the time that a server may take. */
  @Test
  void whereNobodyIsEveryJobFailsAtOnce() throws Exception {
    cli.in = new ByteArrayInputStream(bytes("x\n".repeat(100)));

    assertThat(exitCode(start(NOBODY + ",127.0.0.1:2", "-n", "--connect-timeout=1h"))).isEqualTo(5);
    assertThat(cli.err())
        .hasSize(100)
        .containsOnly(
            "gearman submit: f: cannot connect to 127.0.0.1:1: Connection refused;"
                + " cannot connect to 127.0.0.1:2: Connection refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--connect-timeout=300ms", "-t300"})
  void aServerThatDoesNotAnswerIsGivenUp(String option) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> run = start("127.0.0.1:" + silent.getLocalPort(), option, "x");

      assertThat(exitCode(run)).isEqualTo(5);
      assertThat(cli.err()).singleElement().asString().contains("300 ms");
    }
  }

  private static void introduce(WireClient peer) {
    for (int option = 0; option < 2; option++) {
      Packet asked = peer.receive(OPTION_REQ);
      peer.respond(OPTION_RES, asked.text(0));
    }
  }

  @Test
  void itIsNotKnownWhetherASilentServerHasAcceptedAJob() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> run = start("127.0.0.1:" + socket.getLocalPort(), "-t1000", "x");
      try (WireClient peer = WireClient.accept(socket)) {
        introduce(peer);
        peer.receive(SUBMIT_JOB);

        assertThat(exitCode(run)).isEqualTo(8);
      }
      assertThat(cli.err()).singleElement().asString().endsWith("answered a request for 1000 ms");
    }
  }

  private static void serve(ServerSocket socket, String workload) throws IOException {
    try (WireClient peer = WireClient.accept(socket)) {
      introduce(peer);
      assertThat(peer.receive(SUBMIT_JOB).text(2)).isEqualTo(workload);
      peer.respond(JOB_CREATED, "H:1").respond(WORK_COMPLETE, "H:1", workload);
    }
  }

  @Test
  void jobsWaitForAServerThatWasThereToComeBack() throws Exception {
    PipedOutputStream lines = piped();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> run = start("127.0.0.1:" + socket.getLocalPort(), "-N");
      lines.write(bytes("one\n"));
      serve(socket, "one");
      WireClient again = WireClient.accept(socket);
      lines.write(bytes("two\n"));
      lines.close();
      introduce(again);
      assertThat(again.receive(SUBMIT_JOB).text(2)).isEqualTo("two");
      again.respond(JOB_CREATED, "H:2").respond(WORK_COMPLETE, "H:2", "two");

      assertThat(exitCode(run)).isZero();
      assertThat(cli.out()).isEqualTo("onetwo");
      again.close();
    }
  }

  private PipedOutputStream piped() throws IOException {
    PipedOutputStream lines = new PipedOutputStream();
    cli.in = new PipedInputStream(lines, 4096);
    return lines;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  /** After one has waited, the others do not. */
  @Test
  void jobsDoNotWaitForAServerThatDoesNotComeBack() throws Exception {
    PipedOutputStream lines = piped();
    CompletableFuture<Integer> run;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String server = "127.0.0.1:" + socket.getLocalPort();
      run = start(server, "--connect-timeout=1s", "-N");
      lines.write(bytes("1\n"));
      serve(socket, "1");
      WireClient.accept(socket).close(); // which is when the loss is known
    }
    lines.write(bytes("x\n".repeat(100)));
    lines.close();

    assertThat(exitCode(run)).isEqualTo(5);
    assertThat(cli.out()).isEqualTo("1");
    assertThat(cli.err()).hasSize(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tls://"})
  void tlsIsSpokenIfItIsWanted(String scheme) {
    List<String> words = new ArrayList<>(List.of("-b", "-S", "x"));
    words.add("--ssl-ca-file=" + TestTls.client().authorities());
    words.add("--ssl-certificate=" + TestTls.client().certificates());
    words.add("--ssl-key=" + TestTls.client().key());

    assertThat(submit(scheme + name(secured), words.toArray(String[]::new))).isZero();
    assertThat(status(secured)).contains("f\t1\t0\t0");
  }

  @Test
  void authoritiesInTheEnvironmentAskForTls() {
    cli.environment.put("GEARMAND_CA_CERTIFICATE", "" + TestTls.client().authorities());
    cli.environment.put("GEARMAN_CLIENT_PEM", "" + TestTls.client().certificates());
    cli.environment.put("GEARMAN_CLIENT_KEY", "" + TestTls.client().key());

    assertThat(submit(name(secured), "-b", "x")).isZero();
    assertThat(submit(name(one), "-b", "x")).isEqualTo(5);
    assertThat(cli.err()).singleElement().asString().contains("TLS failed");
  }
}
