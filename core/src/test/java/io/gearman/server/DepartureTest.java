// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.protocol.ProtocolException;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the failure of a connection is taken for. */
class DepartureTest {

  @ParameterizedTest
  @CsvSource({
    "-104, RESET", // ECONNRESET
    "-32, RESET", // EPIPE
    "-110, VANISHED", // ETIMEDOUT
    "-113, VANISHED", // EHOSTUNREACH, when a machine of the same network has died
    "-101, VANISHED" // ENETUNREACH
  })
  @EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
  void theNumberOfTheSystemSaysWhetherAPeerIsThere(int error, Departure departure) {
    assertThat(Departure.of(new Errors.NativeIoException("read", error))).isEqualTo(departure);
  }

  @Test
  void whereThereIsNoNumberTheWordsDo() {
    assertThat(Departure.of(new IOException("Connection timed out"))).isEqualTo(Departure.VANISHED);
    assertThat(Departure.of(new SocketException("Connection reset"))).isEqualTo(Departure.RESET);
  }

  @Test
  void whatCannotBeReadIsInvalid() {
    assertThat(Departure.of(new ProtocolException("no Gearman"))).isEqualTo(Departure.INVALID);
    assertThat(Departure.of(new DecoderException("no TLS"))).isEqualTo(Departure.INVALID);
  }

  @Test
  void anErrorOfTheServerIsItsOwn() {
    assertThat(Departure.of(new IllegalStateException("wrong"))).isEqualTo(Departure.CLOSED);
    assertThat(Departure.of(new OutOfMemoryError("full"))).isEqualTo(Departure.CLOSED);
  }
}
