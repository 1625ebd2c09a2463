// SPDX-License-Identifier: Apache-2.0
package io.gearman;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException.Phase;
import io.gearman.protocol.ProtocolException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GearmanExceptionTest {

  private static final JobHandle HANDLE = new JobHandle("localhost:4730", "H:node1:7");

  @ParameterizedTest
  @EnumSource
  void lostConnectionSaysWhereAndWhenAndMayBeRetried(Phase phase) {
    IOException cause = new IOException("reset");
    ConnectionException error = new ConnectionException("localhost:4730", phase, "lost", cause);

    assertThat(error).isInstanceOf(Retryable.class).hasMessage("lost").hasCause(cause);
    assertThat(error.server()).isEqualTo("localhost:4730");
    assertThat(error.phase()).isEqualTo(phase);
  }

  @Test
  void failedJobNamesItsHandle() {
    JobFailedException error = new JobFailedException(HANDLE);

    assertThat(error).hasMessage("Job localhost:4730//H:node1:7 failed");
    assertThat(error.handle()).isEqualTo(HANDLE);
  }

  @Test
  void workerExceptionIsAFailedJobThatCarriesTheBytesOfTheWorker() {
    byte[] bytes = "division by zero".getBytes(UTF_8);
    WorkerException error = new WorkerException(HANDLE, bytes);

    assertThat(error)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("localhost:4730//H:node1:7")
        .hasMessageEndingWith("division by zero");
    assertThat(error.bytes()).isSameAs(bytes);
    assertThat(error.handle()).isEqualTo(HANDLE);
  }

  @Test
  void longExceptionOfAWorkerIsShortenedInTheMessageOnly() {
    byte[] bytes = "x".repeat(10_000).getBytes(UTF_8);
    WorkerException error = new WorkerException(HANDLE, bytes);

    assertThat(error).hasMessageEndingWith("x... (10000 bytes)");
    assertThat(error.getMessage()).hasSizeLessThan(400);
    assertThat(error.bytes()).hasSize(10_000);
  }

  @Test
  void refusalCarriesTheCodeOfTheServer() {
    ServerErrorException error =
        new ServerErrorException("localhost:4730", "QUEUE_ERROR", "Job queue is full");

    assertThat(error)
        .hasMessage("Server localhost:4730 refused the request: QUEUE_ERROR (Job queue is full)");
    assertThat(error.server()).isEqualTo("localhost:4730");
    assertThat(error.code()).isEqualTo("QUEUE_ERROR");
    assertThat(error.text()).isEqualTo("Job queue is full");
  }

  @Test
  void refusalWithoutATextNamesItsCodeOnly() {
    assertThat(new ServerErrorException("localhost:4730", "UNKNOWN_JOB", ""))
        .hasMessage("Server localhost:4730 refused the request: UNKNOWN_JOB");
  }

  @Test
  void whatWouldFailAgainIsNotRetryable() {
    List<GearmanException> errors =
        List.of(
            new JobFailedException(HANDLE),
            new WorkerException(HANDLE, new byte[0]),
            new ServerErrorException("localhost:4730", "QUEUE_ERROR", "full"),
            new ProtocolException("no packet"));
    assertThat(errors).noneMatch(Retryable.class::isInstance);
  }
}
