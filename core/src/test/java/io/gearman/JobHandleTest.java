// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobHandleTest {

  @ParameterizedTest
  @CsvSource({
    "localhost:4730, H:node1:7",
    "[::1]:4730,     H:node1:7",
    "10.0.0.1:1,     a//b",
    "queue,          /x"
  })
  void textIsReadBackAsTheSameHandle(String server, String id) {
    JobHandle handle = new JobHandle(server, id);

    assertThat(handle).hasToString(server + "//" + id);
    assertThat(JobHandle.parse(handle.toString())).isEqualTo(handle);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "H:node1:7", "//H:node1:7", "localhost:4730//", "//", "a/b", "/"})
  void textThatIsNoHandleIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobHandle.parse(text))
        .withMessageContaining('"' + text + '"')
        .withMessageContaining("host:port//handle");
  }

  @Test
  void handlesOfDifferentServersDiffer() {
    assertThat(new JobHandle("a:1", "H:x:1"))
        .isEqualTo(new JobHandle("a:1", "H:x:1"))
        .isNotEqualTo(new JobHandle("b:1", "H:x:1"))
        .isNotEqualTo(new JobHandle("a:1", "H:x:2"));
  }

  @Test
  void partsMustNotBeNull() {
    assertThatNullPointerException().isThrownBy(() -> new JobHandle(null, "H:x:1"));
    assertThatNullPointerException().isThrownBy(() -> new JobHandle("a:1", null));
  }

  @Test
  void handleSurvivesSerialization() throws Exception {
    JobHandle handle = new JobHandle("localhost:4730", "H:node1:7");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(handle);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(handle);
    }
  }

  @Test
  void emptyPartsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new JobHandle("", "H:1"));
    assertThatIllegalArgumentException().isThrownBy(() -> new JobHandle("localhost:4730", ""));
  }
}
