// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

@EnabledIfGearmand
class GearmandProcessTest {

  @Test
  void startedServerAnswersBinaryAndTextUntilItIsClosed() {
    GearmandProcess gearmand = GearmandProcess.start();
    try (gearmand;
        WireClient client = WireClient.connect(gearmand.host(), gearmand.port())) {
      client.request(ECHO_REQ, "hello");
      assertThat(client.receive(ECHO_RES).text(0)).isEqualTo("hello");
      client.command("version");
      assertThat(client.receiveLine()).isEqualTo("OK " + gearmand.version());
      assertThat(gearmand.isAlive()).isTrue();
    }
    assertThat(gearmand.isAlive()).isFalse();
  }

  @Test
  void optionsReachTheServer() {
    try (GearmandProcess gearmand = GearmandProcess.start("--verbose=INFO");
        WireClient client = WireClient.connect(gearmand.host(), gearmand.port())) {
      client.command("verbose");
      assertThat(client.receiveLine()).isEqualTo("OK INFO");
    }
  }

  @Test
  void twoServersRunSideBySideAndClosingOneLeavesTheOther() {
    try (GearmandProcess one = GearmandProcess.start()) {
      GearmandProcess other = GearmandProcess.start();
      other.close();
      other.close();

      assertThat(other.isAlive()).isFalse();
      assertThat(one.isAlive()).isTrue();
      assertThat(one.port()).isNotEqualTo(other.port());
    }
  }

  @Test
  void killedServerIsGoneAtOnceAndItsConnectionsWithIt() {
    try (GearmandProcess gearmand = GearmandProcess.start();
        WireClient client = WireClient.connect(gearmand.host(), gearmand.port())) {
      gearmand.kill();

      assertThat(gearmand.isAlive()).isFalse();
      client.expectClosed();
    }
  }

  @Test
  void serverThatRefusesItsOptionsIsReportedAndNotWaitedFor() {
    assertThatIllegalStateException()
        .isThrownBy(() -> GearmandProcess.start("--queue-type=nonsense"))
        .withMessageContaining("ended with code");
  }
}
