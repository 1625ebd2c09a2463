// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.TestAuthority;
import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.TlsSettings;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process can show: output, signals, files, exit codes. */
class GearmanJarIT {

  private static final String HOST = "127.0.0.1";

  @TempDir private Path folder;

  @Test
  void withoutWordsItPrintsItsHelp() throws Exception {
    try (GearmanJar jar = GearmanJar.start()) {
      assertThat(jar.exitCode()).isZero();
      assertThat(new String(jar.out(), UTF_8)).startsWith("Usage: gearman");
      assertThat(jar.err()).isEmpty();
    }
  }

  @Test
  void knowsItsVersion() throws Exception {
    try (GearmanJar jar = GearmanJar.start("--version")) {
      assertThat(jar.exitCode()).isZero();
      assertThat(new String(jar.out(), UTF_8)).matches("gearman \\d+\\.\\d+\\.\\d+.*\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalStopsIt(String signal) throws Exception {
    Path pidFile = folder.resolve("pid");
    try (GearmanJar jar = GearmanJar.server("-P", pidFile.toString());
        WireClient client = WireClient.connect(HOST, jar.port())) {
      client.command("version");
      assertThat(client.receiveLine()).startsWith("OK ");
      assertThat(pidFile).hasContent(jar.pid() + "\n");

      jar.signal(signal);

      client.expectClosed();
      assertThat(jar.exitCode()).isZero();
      assertThat(folder).isEmptyDirectory();
      assertThat(jar.err()).isEmpty();
    }
  }

  @Test
  void saysOnceThatItIsOpenToAll() throws Exception {
    try (GearmanJar jar = GearmanJar.start("server", "-p", "0")) {
      jar.awaitError("without TLS");
      jar.signal("TERM");
      assertThat(jar.exitCode()).isZero();
      assertThat(jar.err()).containsOnlyOnce("Listening beyond this machine, on ").hasLineCount(1);
    }
  }

  @Test
  void administratorsMayHaveAPortOfTheirOwn() throws Exception {
    try (GearmanJar server = GearmanJar.server("--admin-port", "0", "--max-connections", "1")) {
      int port = server.port();
      int adminPort = server.port("Administrators");
      try (WireClient client = WireClient.connect(HOST, port);
          WireClient refused = WireClient.connect(HOST, port);
          GearmanJar admin = GearmanJar.start("admin", "-p", "" + adminPort, "--status")) {
        assertThat(client.command("status").receiveLine()).startsWith("ERR NOT_ALLOWED ");
        refused.expectClosed();
        assertThat(admin.out()).asString().isEqualTo(".\n");
        assertThat(admin.exitCode()).isZero();
      }
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GearmanJar jar = GearmanJar.server("--admin-port", "" + taken.getLocalPort())) {
      assertThat(jar.exitCode()).isEqualTo(1);
      assertThat(jar.err())
          .isEqualTo(
              "gearman server: cannot listen on 127.0.0.1:%d: Address already in use\n"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void drainsUntilNoJobIsLeft() throws Exception {
    Path pidFile = folder.resolve("pid");
    try (GearmanJar jar = GearmanJar.server("--pid-file=" + pidFile)) {
      int port = jar.port();
      try (WireClient peer = WireClient.connect(HOST, port)) {
        peer.request(PacketType.SUBMIT_JOB, "f", "", "work");
        Packet created = peer.receive(PacketType.JOB_CREATED);

        jar.signal("USR1");
        awaitRefusal(port);

        assertThat(jar.isAlive()).isTrue();
        peer.request(PacketType.CAN_DO, "f").request(PacketType.GRAB_JOB);
        peer.receive(PacketType.JOB_ASSIGN);
        peer.send(
            Packet.request(PacketType.WORK_COMPLETE, created.argument(0), "done".getBytes(UTF_8)));
        assertThat(peer.receive(PacketType.WORK_COMPLETE).argument(1)).asString().isEqualTo("done");
        assertThat(jar.exitCode()).isZero();
        assertThat(pidFile).doesNotExist();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsTheDrainingAndASecondUsr1DoesNot(String signal) throws Exception {
    try (GearmanJar jar = GearmanJar.server("--verbose=NOTICE")) {
      int port = jar.port();
      try (WireClient peer = WireClient.connect(HOST, port)) {
        peer.request(PacketType.SUBMIT_JOB, "f", "", "work");
        peer.receive(PacketType.JOB_CREATED);
        jar.signal("USR1");
        awaitRefusal(port);

        jar.signal("USR1");
        jar.awaitError("Draining already");
        peer.request(PacketType.CAN_DO, "f").request(PacketType.GRAB_JOB);
        peer.receive(PacketType.JOB_ASSIGN);
        jar.signal(signal);

        assertThat(jar.exitCode()).isZero();
      }
    }
  }

  @Test
  void aStopThatMayTakeItsTimeLetsJobsEnd() throws Exception {
    try (GearmanJar jar = GearmanJar.server("--stop-timeout=1h")) {
      int port = jar.port();
      try (WireClient peer = WireClient.connect(HOST, port)) {
        peer.request(PacketType.SUBMIT_JOB, "f", "", "work");
        Packet created = peer.receive(PacketType.JOB_CREATED);
        jar.signal("TERM");
        awaitRefusal(port);

        peer.request(PacketType.CAN_DO, "f").request(PacketType.GRAB_JOB);
        peer.receive(PacketType.JOB_ASSIGN);
        peer.send(
            Packet.request(PacketType.WORK_COMPLETE, created.argument(0), "done".getBytes(UTF_8)));
        assertThat(peer.receive(PacketType.WORK_COMPLETE).argument(1)).asString().isEqualTo("done");
        assertThat(jar.exitCode()).isZero();
      }
    }
  }

  @Test
  void jobsThatTakeLongerThanAStopMayAreLost() throws Exception {
    try (GearmanJar jar = GearmanJar.server("--stop-timeout=1ms")) {
      try (WireClient peer = WireClient.connect(HOST, jar.port())) {
        peer.request(PacketType.SUBMIT_JOB, "f", "", "work");
        peer.receive(PacketType.JOB_CREATED);
        jar.signal("TERM");

        assertThat(jar.exitCode()).isZero();
      }
    }
  }

  /** Connects until it is refused, which is how a client learns that the port is closed. */
  private static void awaitRefusal(int port) {
    assertThatThrownBy(
            () -> {
              while (true) {
                WireClient.connect(HOST, port).close();
              }
            })
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aBusyPortIsOneLineAndNoPidFile() throws Exception { // SE-24
    String pidFile = folder.resolve("pid").toString();
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GearmanJar jar =
            GearmanJar.start("server", "-L", HOST, "-p", "" + busy.getLocalPort(), "-P", pidFile)) {
      assertThat(jar.exitCode()).isEqualTo(1);
      assertThat(jar.err())
          .isEqualTo(
              "gearman server: cannot listen on %s:%d: Address already in use\n"
                  .formatted(HOST, busy.getLocalPort()));
      assertThat(jar.out()).isEmpty();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void hangUpOpensTheLogFileAgain() throws Exception {
    Path log = folder.resolve("log");
    try (GearmanJar jar = GearmanJar.server("-l", log.toString(), "--verbose=NOTICE")) {
      jar.port();
      Path rotated = Files.move(log, folder.resolve("log.1"));

      jar.signal("HUP");
      while (!Files.exists(log) && jar.isAlive()) {
        Thread.onSpinWait();
      }
      jar.signal("TERM");

      assertThat(jar.exitCode()).isZero();
      assertThat(rotated).content().contains("Opening the log file again");
      assertThat(log).content().contains("Ended");
      assertThat(jar.err()).isEmpty();
    }
  }

  @Test
  void hangUpReadsTheFilesOfTlsAgain() throws Exception {
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server.key");
    Identity old = TestTls.authority().issue("CN=old", HOST);
    Files.copy(old.certificate(), certificate);
    Files.copy(old.key(), key);
    String[] words = {"--ssl", "--ssl-certificate=" + certificate, "--ssl-key=" + key};
    try (GearmanJar jar = GearmanJar.server(with("--verbose=INFO", words))) {
      int port = jar.port();
      serves(port, TestTls.authority());
      TestAuthority next = TestAuthority.create("next");
      Identity renewed = next.issue("CN=renewed", HOST);
      Files.copy(renewed.certificate(), certificate, REPLACE_EXISTING);

      jar.signal("HUP"); // too early: the key is the old one
      jar.awaitError("What was read before stays in force: The TLS key file " + key);
      serves(port, TestTls.authority());
      Files.copy(renewed.key(), key, REPLACE_EXISTING);
      jar.signal("HUP");
      jar.awaitError("The TLS files have been read again");

      serves(port, next);
    }
  }

  private static String[] with(String word, String... words) {
    return Stream.concat(Stream.of(word), Stream.of(words)).toArray(String[]::new);
  }

  private static void serves(int port, TestAuthority authority) {
    TlsSettings tls = TlsSettings.defaults().withAuthorities(authority.certificate());
    try (WireClient client = WireClient.connect(HOST, port, TestTls.sockets(tls))) {
      assertThat(client.command("version").receiveLine()).startsWith("OK ");
    }
  }

  @Test
  void aLogFileThatCannotBeOpenedAgainIsOneLine() throws Exception {
    Path log = folder.resolve("log");
    try (GearmanJar jar = GearmanJar.server("-l", log.toString())) {
      jar.port();
      Path rotated = Files.move(log, folder.resolve("log.1"));
      Files.createDirectory(log);

      jar.signal("HUP");
      while (Files.size(rotated) == 0 && jar.isAlive()) {
        Thread.onSpinWait();
      }
      jar.signal("TERM");

      assertThat(jar.exitCode()).isZero();
      assertThat(Files.readAllLines(rotated))
          .singleElement()
          .asString()
          .contains("The log goes on in the old file, as it cannot be opened again: it is a dir");
    }
  }

  @Test
  void hangUpDoesNotCreateAFileCalledStderr() throws Exception { // SE-24
    try (GearmanJar jar = GearmanJar.server("--verbose=NOTICE")) {
      jar.port();

      jar.signal("HUP");
      jar.awaitError("Opening the log file again");
      jar.signal("TERM");

      assertThat(jar.exitCode()).isZero();
      assertThat(jar.err()).contains("Ended");
      assertThat(Path.of("stderr")).doesNotExist();
    }
  }

  @Test
  void saysThatAHangUpIsIgnored() throws Exception {
    String log = folder.resolve("log").toString();
    String[] words = {"server", "-p", "0", "-L", HOST, "-l", log, "--verbose=WARNING"};
    try (GearmanJar jar = GearmanJar.startIn("trap '' HUP; exec \"$0\" \"$@\"", words)) {
      jar.port();

      jar.signal("HUP");
      jar.signal("TERM");

      assertThat(jar.exitCode()).isZero();
      assertThat(Path.of(log)).content().containsOnlyOnce("SIGHUP is ignored by whoever started");
    }
  }

  @Test
  void theLogSaysWhereItListens() throws Exception {
    Path log = folder.resolve("log");
    try (GearmanJar jar = GearmanJar.server("-l", log.toString(), "--verbose=INFO")) {
      int port = jar.port();

      assertThat(log)
          .content()
          .containsPattern(
              "Listening on 127.0.0.1:%d; gearman \\S+, process %d ".formatted(port, jar.pid()))
          .doesNotContain("SIGHUP");
    }
  }

  /** The octal digits are the two bytes of a letter in UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void aNameIsSentAsWrittenOrNotAtAll(String locale) throws Exception {
    boolean unicode = locale.equals("C.UTF-8");
    String shell = "LC_ALL=%s exec \"$0\" \"$@\" \"$(printf 'gr\\303\\266n')\"".formatted(locale);
    try (GearmanJar server = GearmanJar.server()) {
      String port = "" + server.port();
      try (GearmanJar admin = GearmanJar.startIn(shell, "admin", "-p", port, "--create-function");
          WireClient client = WireClient.connect(HOST, Integer.parseInt(port))) {
        assertThat(admin.exitCode()).isEqualTo(unicode ? 0 : 1);
        assertThat(admin.err())
            .contains(unicode ? "" : "cannot be expressed in this locale; set LANG=C.UTF-8");
        assertThat(client.command("status").receiveLine())
            .isEqualTo(unicode ? "gr\u00c3\u00b6n\t0\t0\t0" : ".");
      }
    }
  }

  @Test
  void theShutdownCommandEndsItWhereThatIsAllowed() throws Exception {
    try (GearmanJar server = GearmanJar.server("--allow-shutdown");
        GearmanJar admin = GearmanJar.start("admin", "-p", "" + server.port(), "--shutdown")) {
      assertThat(admin.exitCode()).isZero();
      assertThat(admin.out()).asString().isEqualTo("OK\n");
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void theServerTellsTheLevelOfItsLog() throws Exception {
    try (GearmanJar server = GearmanJar.server("--verbose=WARNING");
        WireClient client = WireClient.connect(HOST, server.port())) {
      assertThat(client.command("verbose").receiveLine()).isEqualTo("OK WARNING");
    }
  }

  @Test
  void servesWithThreadsAndOptionsForSockets() throws Exception {
    try (GearmanJar jar =
            GearmanJar.server("-t", "2", "-b", "7", "--keepalive-idle=60", "--keepalive-count=3");
        WireClient client = WireClient.connect(HOST, jar.port())) {
      client.request(PacketType.ECHO_REQ, "hello");
      assertThat(client.receive(PacketType.ECHO_RES).argument(0)).asString().isEqualTo("hello");
    }
  }
}
