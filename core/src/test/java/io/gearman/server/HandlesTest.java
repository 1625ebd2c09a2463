// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlesTest {

  @Test
  void aHandleIsReadBack() {
    Handles handles = new Handles("H:node", 7);
    long number = handles.next();
    assertThat(new String(handles.toBytes(number), ISO_8859_1)).isEqualTo("H:node:7:1");
    assertThat(handles.parse(handles.toBytes(number))).isEqualTo(number);
    assertThat(handles.next()).isEqualTo(number + 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 9, 10, 99, 100, 1_234_567_890, 999_999_999_999_999_999L})
  void aNumberIsWrittenInDecimal(long number) {
    Handles handles = new Handles("H:node", 7);
    assertThat(new String(handles.toBytes(number), ISO_8859_1)).isEqualTo("H:node:7:" + number);
    assertThat(handles.parse(handles.toBytes(number))).isEqualTo(number);
  }

  @Test
  void aHandleOfAnotherRunIsUnknown() { // SE-11
    assertThat(new Handles("H:node", 8).parse(new Handles("H:node", 7).toBytes(1))).isZero();
  }

  @Test
  void noHandleIsTooLongForLibgearman() { // SE-11
    Handles handles = new Handles("n".repeat(300), Long.MAX_VALUE);
    assertThat(handles.toBytes(Long.MAX_VALUE)).hasSizeLessThanOrEqualTo(Handles.MAX_LENGTH);
    assertThat(handles.toBytes(Long.MAX_VALUE)).isNotEqualTo(handles.toBytes(Long.MAX_VALUE - 1));
  }

  @Test
  void aServerNameCannotSmuggleSeparatorsIntoAHandle() {
    assertThat(new String(new Handles("H:a b\tc\0d", 1).toBytes(1), ISO_8859_1))
        .isEqualTo("H:a_b_c_d:1:1");
  }
}
