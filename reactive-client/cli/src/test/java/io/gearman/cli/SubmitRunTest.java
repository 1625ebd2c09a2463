// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.Packet;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of {@code gearman submit}, on our server. */
class SubmitRunTest {

  private static final String HOST = "127.0.0.1";

  /** Beside the header, "f" and a UUID, each of the two with a NUL. */
  private static final int FITS = 1024 - 12 - 2 - 37;

  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final RunningServer server = RunningServer.embedded();

  private final Cli cli = new Cli();

  private int submit(String... words) {
    List<String> all = new ArrayList<>(List.of("submit", "-h", HOST));
    all.addAll(List.of("-p", Integer.toString(server.address().port())));
    all.addAll(List.of(words));
    return cli.run(all.toArray(String[]::new));
  }

  private CompletableFuture<Integer> start(String... words) {
    return CompletableFuture.supplyAsync(() -> submit(words));
  }

  private static int exitCode(CompletableFuture<Integer> run) throws Exception {
    return run.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private WireClient worker(String function) {
    return server.connect().timeout(SOON).request(CAN_DO, function);
  }

  private static Packet grab(WireClient worker) {
    Packet answer = worker.request(GRAB_JOB_UNIQ).receive();
    while (answer.type() != JOB_ASSIGN_UNIQ) {
      worker.request(PRE_SLEEP).receive(NOOP);
      answer = worker.request(GRAB_JOB_UNIQ).receive();
    }
    return answer;
  }

  private static void input(Cli cli, String text) {
    cli.in = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }

  private static OutputStream failing(String problem) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(problem);
      }
    };
  }

  /** Of one byte more than fits. */
  @ParameterizedTest
  @CsvSource({"'',standard input", "-n,a line of standard input"})
  void inputThatFitsNoPacketIsRefused(String option, String what) {
    input(cli, "x".repeat(FITS + 1));

    assertThat(
            submit(
                "--max-packet-size=1024", "-f", "f", "-b", "-v", option.isEmpty() ? "-v" : option))
        .isEqualTo(1);
    assertThat(cli.err())
        .containsExactly(
            "gearman submit: "
                + what
                + " is longer than 973 bytes, which --max-packet-size allows");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void inputThatJustFitsIsSubmitted() {
    String workload = "x".repeat(FITS);
    input(cli, workload);

    assertThat(submit("--max-packet-size=1024", "-f", "f", "-b")).isZero();
    assertThat(grab(worker("f")).text(3)).isEqualTo(workload);
  }

  @Test
  void aLongArgumentIsRefused() {
    assertThat(submit("--max-packet-size=1024", "-f", "f", "x".repeat(1010))).isEqualTo(1);
    assertThat(cli.err())
        .contains("gearman submit: a workload of 1010 bytes is over --max-packet-size");
  }

  @Test
  void jobsBeforeALineThatIsTooLongAreDone() throws Exception {
    input(cli, "first\n" + "x".repeat(2000));
    CompletableFuture<Integer> run = start("--max-packet-size=1024", "-f", "f", "-n");
    WireClient worker = worker("f");
    Packet job = grab(worker);
    worker.request(WORK_COMPLETE, job.text(0), "done");

    assertThat(exitCode(run)).isEqualTo(1);
    assertThat(cli.out()).isEqualTo("done");
  }

  @Test
  void aLineIsReadWhenThereIsRoomForItsJob() throws Exception {
    PipedOutputStream lines = new PipedOutputStream();
    cli.in = new PipedInputStream(lines, 4096);
    lines.write("one\ntwo\n".getBytes(US_ASCII));
    CompletableFuture<Integer> run = start("-f", "f", "-N");
    WireClient worker = worker("f");
    Packet job = grab(worker);
    assertThat(job.text(3)).isEqualTo("one");
    worker.request(GRAB_JOB_UNIQ).receive(NO_JOB);
    worker.request(WORK_COMPLETE, job.text(0), "1");
    job = grab(worker);
    assertThat(job.text(3)).isEqualTo("two");
    lines.close();
    worker.request(WORK_COMPLETE, job.text(0), "2");

    assertThat(exitCode(run)).isZero();
    assertThat(cli.out()).isEqualTo("12");
  }

  /** One block of input is read, and no more while no job has ended. */
  @Test
  void endlessInputIsNotReadAhead() throws Exception {
    AtomicLong read = new AtomicLong();
    cli.in =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("it reads blocks");
          }

          @Override
          public int read(byte[] bytes, int from, int count) {
            Arrays.fill(bytes, from, from + count, (byte) '\n');
            read.addAndGet(count);
            return count;
          }
        };
    cli.stdout = failing("Broken pipe");
    CompletableFuture<Integer> run = start("-f", "f", "-n");
    WireClient worker = worker("f");
    Packet job = grab(worker);
    worker.expectNothing(Duration.ofMillis(300));

    assertThat(read).hasValue(64 << 10);
    worker.request(WORK_COMPLETE, job.text(0), "ends it");
    assertThat(exitCode(run)).isEqualTo(141);
  }

  @Test
  void jobsRunSideBySideIfWanted() throws Exception {
    input(cli, "one\ntwo\nthree\n");
    CompletableFuture<Integer> run = start("-f", "f", "-N", "--concurrency=2");
    WireClient worker = worker("f");
    Packet one = grab(worker);
    Packet two = grab(worker);
    worker.request(GRAB_JOB_UNIQ).receive(NO_JOB);
    worker.request(WORK_COMPLETE, two.text(0), two.text(3));
    worker.request(WORK_COMPLETE, one.text(0), one.text(3));
    Packet three = grab(worker);
    worker.request(WORK_COMPLETE, three.text(0), three.text(3));

    assertThat(exitCode(run)).isZero();
    assertThat(cli.out()).isEqualTo("twoonethree");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-t,1000", "--total-timeout,1000ms"})
  void aJobThatTakesTooLongIsCancelled(String option) throws Exception {
    List<String> words = new ArrayList<>(List.of("-f", "f", "x", "--strict"));
    words.addAll(List.of(option.split(",")));

    assertThat(submit(words.toArray(String[]::new))).isEqualTo(7);
    assertThat(cli.err()).singleElement().asString().endsWith(" 1000 ms");
    awaitNoJob();
  }

  @Test
  void eachEventAllowsAnotherSilence() throws Exception {
    CompletableFuture<Integer> run = start("-f", "f", "x", "-t", "2000", "--strict");
    WireClient worker = worker("f");
    String handle = grab(worker).text(0);
    for (int i = 0; i < 6; i++) { // longer than -t together
      worker.expectNothing(Duration.ofMillis(500));
      worker.request(WORK_DATA, handle, "x");
    }
    worker.request(WORK_COMPLETE, handle, "");

    assertThat(exitCode(run)).isZero();
    assertThat(cli.out()).isEqualTo("xxxxxx");
  }

  /** What waits to be written is not late. */
  @Test
  void aSlowReaderOfTheOutputIsNoSilenceOfTheJob() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    cli.stdout = slow;
    CompletableFuture<Integer> run = start("-f", "f", "x", "-t", "500", "--strict");
    WireClient worker = worker("f");
    String handle = grab(worker).text(0);
    for (int i = 0; i < 100; i++) { // more than is asked for ahead
      worker.request(WORK_DATA, handle, "y");
    }
    worker.expectNothing(Duration.ofMillis(1500));
    released.countDown();
    worker.request(WORK_COMPLETE, handle, "");

    assertThat(exitCode(run)).isZero();
  }

  @Test
  void aFullQueueIsARefusal() {
    WireClient admin = server.connect();
    assertThat(admin.command("create function f").receiveLine()).startsWith("OK");
    assertThat(admin.command("maxqueue f 1").receiveLine()).startsWith("OK");
    assertThat(submit("-b", "-f", "f", "x")).isZero();

    assertThat(submit("-b", "-f", "f", "x", "--strict")).isEqualTo(4);
    assertThat(cli.err()).singleElement().asString().contains("f: Server ", "QUEUE_ERROR");
  }

  @Test
  void aServerThatIsLostIsToldFromOneThatIsNotThere() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(socket.getLocalPort());
      CompletableFuture<Integer> run =
          CompletableFuture.supplyAsync(
              () -> cli.run("submit", "-h", HOST, "-p", port, "-f", "f", "--strict", "x"));
      try (WireClient peer = WireClient.accept(socket)) {
        for (int option = 0; option < 2; option++) {
          Packet asked = peer.receive(OPTION_REQ);
          peer.respond(OPTION_RES, asked.text(0));
        }
        peer.receive(SUBMIT_JOB);
      }
      assertThat(exitCode(run)).isEqualTo(8);
    }
    assertThat(submit("-p", "1", "-f", "f", "--strict", "x")).isEqualTo(5);
  }

  @Test
  void outputThatNobodyReadsEndsTheJob() throws Exception {
    cli.stdout = failing("Broken pipe");

    assertThat(submit("-v", "-f", "f", "x")).isEqualTo(141);
    awaitNoJob();
  }

  private void awaitNoJob() {
    WireClient admin = server.connect();
    long deadline = System.nanoTime() + SOON.toNanos();
    List<String> status;
    do {
      status = admin.command("status").receiveUntil(".");
    } while (!status.contains("f\t0\t0\t0") && System.nanoTime() < deadline);
    assertThat(status).contains("f\t0\t0\t0");
  }

  @Test
  void outputThatCannotBeWrittenIsAMessage() throws Exception {
    cli.stdout = failing("No space left on device");

    assertThat(submit("-v", "-f", "f", "x")).isEqualTo(1);
    assertThat(cli.err())
        .containsExactly("gearman submit: the output cannot be written: No space left on device");
  }
}
