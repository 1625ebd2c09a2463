// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadCodecTest {

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  @Test
  void bytesStayAsTheyAre() {
    byte[] payload = hex("00ff80");
    assertThat(PayloadCodec.bytes().encodeFor("f", payload)).isSameAs(payload);
    assertThat(PayloadCodec.bytes().decodeFor("f", payload)).isSameAs(payload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Grüße", "\uD83D\uDE00", "a\0b"})
  void textIsUtf8(String text) {
    byte[] payload = PayloadCodec.utf8().encodeFor("f", text);
    assertThat(payload).isEqualTo(text.getBytes(UTF_8));
    assertThat(PayloadCodec.utf8().decodeFor("f", payload)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "61c3", "c080", "eda080", "f4908080"})
  void malformedTextIsAnErrorThatNamesTheFunctionAndTheBytes(String digits) {
    assertThatThrownBy(() -> PayloadCodec.utf8().decodeFor("greet", hex(digits)))
        .isInstanceOfSatisfying(
            PayloadException.class,
            error -> {
              assertThat(error.function()).isEqualTo("greet");
              assertThat(error.bytes()).isEqualTo(hex(digits));
            })
        .hasMessageContaining(digits.length() / 2 + " bytes of function \"greet\" (" + digits + ")")
        .hasCauseInstanceOf(CharacterCodingException.class);
  }

  @Test
  void aLoneSurrogateIsNotReplaced() {
    assertThatThrownBy(() -> PayloadCodec.utf8().encodeFor("greet", "a\uD83D"))
        .isInstanceOfSatisfying(
            PayloadException.class, error -> assertThat(error.bytes()).isEmpty())
        .hasMessageStartingWith("Cannot encode a java.lang.String for function \"greet\": ");
  }

  @Test
  void ofManyBytesTheFirstAreShown() {
    byte[] zeros = new byte[33];
    zeros[0] = (byte) 0xff;
    assertThatThrownBy(() -> PayloadCodec.utf8().decodeFor("f", zeros))
        .hasMessageContaining("33 bytes of function \"f\" (ff" + "00".repeat(31) + "...)");
  }

  @Test
  void noValueIsNotEncoded() {
    assertThatThrownBy(() -> PayloadCodec.utf8().encodeFor("f", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("value");
  }

  @Test
  void aCodecThatReturnsNothingFails() {
    PayloadCodec<String> broken =
        new PayloadCodec<>() {
          @Override
          public byte[] encode(String value) {
            return null;
          }

          @Override
          public String decode(byte[] bytes) {
            return null;
          }
        };
    assertThatThrownBy(() -> broken.encodeFor("f", "value"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("The codec returned null");
    assertThatThrownBy(() -> broken.decodeFor("f", new byte[0]))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("0 bytes of function \"f\" (empty)")
        .hasMessageContaining("The codec returned null");
  }
}
