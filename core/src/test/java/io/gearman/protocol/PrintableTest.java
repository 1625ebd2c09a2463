// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  private static String name(String name) {
    return new String(Printable.name(name.getBytes(UTF_8), "_"), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "resize", "a b", "größe", "日本", "\u00a0", "👷"})
  void whatCanBePrintedIsLeftAsItIs(String name) {
    assertThat(name(name)).isEqualTo(name);
    assertThat(Printable.name(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      chars = {
        0, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029, 0x202e, 0x2066
      })
  void eachCharacterThatCannotIsAnUnderscore(char unprintable) {
    assertThat(name("a" + unprintable + 'b')).isEqualTo("a_b");
    assertThat(Printable.name("a" + unprintable + 'b')).isEqualTo("a_b");
  }

  @Test
  void whatIsNotUtf8KeepsItsBytesButControlCharacters() {
    byte[] latin = "gr\u00f6\u00dfe\u009b31m".getBytes(ISO_8859_1);
    assertThat(new String(Printable.name(latin, "_"), ISO_8859_1)).isEqualTo("gr\u00f6\u00dfe_31m");
  }

  @Test
  void aControlCharacterInUtf8IsNotHiddenByBytesThatAreNone() {
    byte[] hidden = {(byte) 0xff, (byte) 0xc2, (byte) 0x9b, 'm'};
    assertThat(Printable.name(hidden, "")).containsExactly(0xff, 0xc2, 'm');
  }

  @Test
  void linesKeepTheirTabsAndEnds() {
    assertThat(new String(Printable.line("a\033[31m\t1\r\n".getBytes(UTF_8)), UTF_8))
        .isEqualTo("a_[31m\t1\r\n");
  }

  @Property
  void whateverTheBytesNothingUnprintableIsLeft(@ForAll byte[] bytes) {
    byte[] shown = Printable.name(bytes, "_");
    assertThat(Printable.name(shown, "?")).isEqualTo(shown);
    assertThat(new String(shown, UTF_8)).doesNotContainPattern("[\\x00-\\x1f\\x7f\\u009b]");
  }
}
