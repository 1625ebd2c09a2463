// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobEvent.Completed;
import io.gearman.JobEvent.Created;
import io.gearman.JobEvent.Data;
import io.gearman.JobEvent.Restarted;
import io.gearman.JobEvent.Status;
import io.gearman.JobEvent.Warning;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class JobEventTest {

  static final List<Function<byte[], JobUpdate>> WITH_BYTES =
      List.of(Data::new, Warning::new, Completed::new);

  @ParameterizedTest
  @FieldSource("WITH_BYTES")
  void eventsAreEqualByTheirBytes(Function<byte[], JobUpdate> event) {
    assertThat(event.apply(new byte[] {1, 2}))
        .isEqualTo(event.apply(new byte[] {1, 2}))
        .hasSameHashCodeAs(event.apply(new byte[] {1, 2}))
        .isNotEqualTo(event.apply(new byte[] {1, 3}))
        .isNotEqualTo(event.apply(new byte[] {1}))
        .isNotEqualTo(event.apply(new byte[0]))
        .isNotEqualTo(null);
  }

  @ParameterizedTest
  @FieldSource("WITH_BYTES")
  void bytesAreHandedOverAndNotCopied(Function<byte[], JobUpdate> event) {
    byte[] bytes = {1, 2};
    JobUpdate made = event.apply(bytes);
    byte[] held =
        made instanceof Data data
            ? data.bytes()
            : made instanceof Warning warning ? warning.bytes() : ((Completed) made).bytes();
    assertThat(held).isSameAs(bytes);
  }

  @Test
  void eventsOfDifferentKindsDifferThoughTheirBytesAreTheSame() {
    byte[] bytes = {1};
    List<JobEvent> events = List.of(new Data(bytes), new Warning(bytes), new Completed(bytes));
    assertThat(events).doesNotHaveDuplicates();
  }

  @Test
  void eventsWithoutBytesAreEqualByTheirValues() {
    JobHandle handle = new JobHandle("localhost:4730", "H:node1:7");
    assertThat(new Created(handle)).isEqualTo(new Created(handle));
    assertThat(new Status(1, 2)).isEqualTo(new Status(1, 2)).isNotEqualTo(new Status(2, 1));
    assertThat(new Restarted()).isEqualTo(new Restarted());
  }

  @Test
  void textShowsTheNumberOfBytesAndNotTheBytes() {
    assertThat(new Data(new byte[3])).hasToString("Data[3 bytes]");
    assertThat(new Warning(new byte[0])).hasToString("Warning[0 bytes]");
    assertThat(new Completed(new byte[1_000_000])).hasToString("Completed[1000000 bytes]");
  }
}
