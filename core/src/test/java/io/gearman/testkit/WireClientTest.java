// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gearman.protocol.Magic;
import io.gearman.protocol.Packet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireClientTest {

  private static final Duration SHORT = Duration.ofMillis(50);

  private WireClient client;
  private WireClient server;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      client = WireClient.connect(socket.getInetAddress().getHostAddress(), socket.getLocalPort());
      server = WireClient.accept(socket);
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void packetsArriveInBothDirections() {
    client.request(SUBMIT_JOB, "rev", "", "a\0b");
    Packet submitted = server.receive(SUBMIT_JOB);
    assertThat(submitted.magic()).isEqualTo(Magic.REQUEST);
    assertThat(submitted.text(0)).isEqualTo("rev");
    assertThat(submitted.text(1)).isEmpty();
    assertThat(submitted.text(2)).isEqualTo("a\0b");

    server.respond(JOB_CREATED, "H:a:1").respond(WORK_COMPLETE, "H:a:1", "");
    client.expect(Packet.response(JOB_CREATED, "H:a:1".getBytes(ISO_8859_1)));
    assertThat(client.receive().argument(1)).isEmpty();
  }

  @Test
  void packetsOfOneWriteAreReadOneByOne() {
    client.send(Packet.request(GRAB_JOB), Packet.request(ECHO_REQ, new byte[100_000]));
    server.receive(GRAB_JOB);
    assertThat(server.receive(ECHO_REQ).argument(0)).hasSize(100_000);
    server.expectNothing(SHORT);
  }

  @Test
  void bodyOfATypeWithoutArgumentsIsIgnored() {
    server.sendBytes(HexFormat.of().parseHex("005245530000000600000002ffff"));
    client.expect(Packet.response(NOOP));
  }

  @Test
  void linesAndPacketsMayAlternate() {
    client.command("status");
    assertThat(server.receiveLine()).isEqualTo("status\r");
    server.sendBytes("rev\t1\n\n.\n".getBytes(ISO_8859_1)).respond(NOOP);
    assertThat(client.receiveUntil(".")).containsExactly("rev\t1", "");
    client.receive(NOOP);
  }

  @Test
  void whatDoesNotComeIsNamed() {
    client.timeout(SHORT);
    thrown(() -> client.receive(JOB_CREATED)).withMessageContaining("Awaited JOB_CREATED");
    thrown(() -> client.receive()).withMessageContaining("Awaited a packet");
    server.sendBytes("no end".getBytes(ISO_8859_1));
    thrown(() -> client.receiveLine()).withMessageContaining("end of the line \"no end\"");
    thrown(() -> client.expectClosed()).withMessageContaining("still open");
  }

  @Test
  void incompletePacketIsShown() {
    client.timeout(SHORT);
    server.sendBytes(HexFormat.of().parseHex("00524553000000080000000548"));
    thrown(() -> client.receive(JOB_CREATED))
        .withMessageContaining("5 bytes of JOB_CREATED")
        .withMessageContaining("<48>");
  }

  @Test
  void anotherPacketThanTheAwaitedOneIsShown() {
    server.respond(NOOP).respond(ECHO_RES, "x").respond(NOOP);
    thrown(() -> client.receive(JOB_CREATED)).withMessageContaining("received RESPONSE NOOP");
    thrown(() -> client.expect(Packet.response(ECHO_RES, new byte[0])))
        .withMessageContaining("received RESPONSE ECHO_RES");
    thrown(() -> client.expectNothing(SHORT)).withMessageContaining("received 00");
  }

  @Test
  void bytesThatAreNoPacketAreShown() {
    server.sendBytes("ERR UNKNOWN_COMMAND\r\n".getBytes(ISO_8859_1));
    thrown(() -> client.receive()).withMessageContaining("<45525220554e4b4e4f574e5f>");
  }

  @Test
  void missingArgumentIsAnError() {
    server.sendBytes(HexFormat.of().parseHex("005245530000000c00000003310032"));
    thrown(() -> client.receive(WORK_STATUS)).withMessageContaining("Too few arguments");
  }

  @Test
  void endOfTheStreamIsClosedAndNotNothing() {
    server.shutdownOutput();
    thrown(() -> client.expectNothing(SHORT)).withMessageContaining("the end of the stream");
    thrown(() -> client.receive()).withMessageContaining("the stream ended");
    client.expectClosed();
  }

  @Test
  void resetIsClosed() {
    server.reset();
    client.expectClosed();
  }

  private static ThrowableAssertAlternative<AssertionError> thrown(ThrowingCallable action) {
    return assertThatExceptionOfType(AssertionError.class).isThrownBy(action);
  }
}
