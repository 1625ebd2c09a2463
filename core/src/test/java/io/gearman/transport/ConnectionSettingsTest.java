// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.protocol.Packet;
import io.gearman.testkit.TestTls;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.tcp.TcpClient;

class ConnectionSettingsTest {

  private static final ConnectionSettings DEFAULTS = ConnectionSettings.defaults();

  @Test
  void defaultsAreAsDocumented() {
    assertThat(DEFAULTS.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULTS.maxPacketSize()).isEqualTo(64 << 20);
    assertThat(DEFAULTS.heartbeat()).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULTS.backoff()).isEqualTo(Backoff.defaults());
  }

  @Test
  void eachWitherChangesItsOwnSettingOnly() {
    Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
    UnaryOperator<TcpClient> tcp = client -> client.wiretap(true);
    ConnectionSettings encrypted = DEFAULTS.withTls(TestTls.client());
    ConnectionSettings settings =
        encrypted
            .withConnectTimeout(Duration.ofSeconds(1))
            .withMaxPacketSize(1_000)
            .withHeartbeat(Duration.ofSeconds(2))
            .withBackoff(backoff)
            .withTcp(tcp);

    assertThat(encrypted.tls()).isNotNull();
    assertThat(settings)
        .isEqualTo(
            new ConnectionSettings(
                Duration.ofSeconds(1),
                1_000,
                Duration.ofSeconds(2),
                backoff,
                encrypted.tls(),
                tcp));
    assertThat(DEFAULTS.tls()).isNull();
    assertThat(DEFAULTS.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.001S", "PT2147483.647S", "PT10S"})
  void connectTimeoutFromOneMillisecondToTheHighestIntIsAccepted(Duration timeout) {
    assertThat(DEFAULTS.withConnectTimeout(timeout).connectTimeout()).isEqualTo(timeout);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PT0S",
        "PT-1S",
        "PT0.000999999S",
        "PT2147483.648S",
        "PT9223372036854775807S",
        "PT-9223372036854775808S"
      })
  void otherConnectTimeoutIsRefused(Duration timeout) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.withConnectTimeout(timeout))
        .withMessageContaining("connectTimeout")
        .withMessageContaining(timeout.toString());
  }

  @Test
  void packetSizeOfAHeaderIsAccepted() {
    assertThat(DEFAULTS.withMaxPacketSize(Packet.HEADER_SIZE).maxPacketSize())
        .isEqualTo(Packet.HEADER_SIZE);
  }

  @ParameterizedTest
  @ValueSource(ints = {Packet.HEADER_SIZE - 1, 0, -1, Integer.MIN_VALUE})
  void smallerPacketSizeIsRefused(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.withMaxPacketSize(size))
        .withMessageContaining("maxPacketSize")
        .withMessageContaining(String.valueOf(size));
  }

  @Test
  void nothingMayBeNull() {
    assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withTcp(null));
    assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withConnectTimeout(null));
    assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withHeartbeat(null));
    assertThatNullPointerException()
        .isThrownBy(() -> DEFAULTS.withBackoff(null))
        .withMessage("backoff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.001S", "PT2147483.647S"})
  void heartbeatOfOneMillisecondAndMoreOrNoneIsAccepted(Duration interval) {
    assertThat(DEFAULTS.withHeartbeat(interval).heartbeat()).isEqualTo(interval);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0.000999999S", "PT2147483.648S"})
  void otherHeartbeatIsRefused(Duration interval) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.withHeartbeat(interval))
        .withMessageContaining("heartbeat")
        .withMessageContaining(interval.toString());
  }
}
