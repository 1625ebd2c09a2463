// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteKeyTest {

  private static ByteKey key(String bytes) {
    return new ByteKey(bytes.getBytes(US_ASCII));
  }

  @Test
  void keysOfEqualBytesAreEqual() {
    assertThat(key("unique")).isEqualTo(key("unique")).hasSameHashCodeAs(key("unique"));
  }

  @Test
  void keysThatShareAHashAreInOrderSoThatAMapFindsThemAmongMany() {
    assertThat(key("Aa")).hasSameHashCodeAs(key("BB")).isLessThan(key("BB"));
    assertThat(key("Aa")).isEqualByComparingTo(key("Aa"));
  }
}
