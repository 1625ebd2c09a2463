// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobHandle;
import io.gearman.JobTimeoutException;
import io.gearman.JobTimeoutException.Limit;
import io.gearman.QueueFullException;
import io.gearman.ServerErrorException;
import io.gearman.WorkerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReportWriterTest {

  private static final JobHandle HANDLE = new JobHandle("host:4730", "H:host:1");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Stdio stdio = new Stdio(InputStream.nullInputStream(), out, err);
  private final ReportWriter plain = writer(false, false, true);
  private final ReportWriter full = writer(true, true, true);

  private ReportWriter writer(boolean verbose, boolean prefix, boolean exceptions) {
    SubmitOptions options = new SubmitOptions();
    options.verbose = verbose;
    options.prefix = prefix;
    options.exceptions = exceptions;
    return new ReportWriter(stdio, options);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void write(ReportWriter writer, JobEvent... events) throws IOException {
    for (JobEvent event : events) {
      writer.write(new Report.Happened("f", event));
    }
  }

  private static final JobEvent[] EVENTS = {
    new JobEvent.Created(HANDLE),
    new JobEvent.Data(bytes("one")),
    new JobEvent.Warning(bytes("careful")),
    new JobEvent.Status(2, 3),
    new JobEvent.Completed(bytes("two"))
  };

  @Test
  void writesBytesAsTheyCome() throws IOException {
    write(plain, EVENTS);

    assertThat(out.toString(UTF_8)).isEqualTo("one66% Complete\ntwo");
    assertThat(err.toString(UTF_8)).isEqualTo("careful");
    assertThat(plain.exitCode(true)).isZero();
  }

  @Test
  void writesTheFunctionBeforeEachPieceAndTheHandleIfWanted() throws IOException {
    write(full, EVENTS);

    assertThat(out.toString(UTF_8))
        .isEqualTo("Task created: H:host:1\nf: onef: 66% Complete\nf: two");
    assertThat(err.toString(UTF_8)).isEqualTo("f: careful");
  }

  @Test
  void progressTowardsNothingIsNone() throws IOException {
    write(plain, new JobEvent.Status(7, 0), new JobEvent.Status(29, 100));

    assertThat(out.toString(UTF_8)).isEqualTo("0% Complete\n29% Complete\n");
  }

  private static JobTimeoutException late(Limit limit) {
    return new JobTimeoutException(limit, Duration.ofMillis(200), "h:1", HANDLE);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new JobFailedException(HANDLE), 1, 2, "f: Job failed\n"),
        Arguments.of(new WorkerException(HANDLE, bytes("boom")), 1, 3, "f: boom\nf: Job failed\n"),
        Arguments.of(
            new WorkerException(HANDLE, bytes("boom\n")), 1, 3, "f: boom\nf: Job failed\n"),
        Arguments.of(
            new ServerErrorException("host:4730", "QUEUE_ERROR", "full"),
            0,
            4,
            "gearman submit: f: Server host:4730 refused the request: QUEUE_ERROR (full)\n"),
        Arguments.of(
            new QueueFullException("host:4730", "full"),
            0,
            4,
            "gearman submit: f: Server host:4730 refused the request: QUEUE_ERROR (full)\n"),
        Arguments.of(
            new ConnectionException("h:1", Phase.CONNECT, "not there", null),
            0,
            5,
            "gearman submit: f: not there\n"),
        Arguments.of(
            late(Limit.IDLE),
            0,
            7,
            "gearman submit: f: Job " + HANDLE + " has sent nothing for 200 ms\n"),
        Arguments.of(
            late(Limit.TOTAL),
            0,
            7,
            "gearman submit: f: Job " + HANDLE + " has not ended in 200 ms\n"),
        Arguments.of(
            late(Limit.ACCEPT),
            0,
            8,
            "gearman submit: f: Server h:1 has not answered a request for 200 ms\n"),
        Arguments.of(
            new ConnectionException("h:1", Phase.UNANSWERED, "lost it", null),
            0,
            8,
            "gearman submit: f: lost it\n"),
        Arguments.of(
            new ConnectionException("h:1", Phase.ACCEPTED, "lost it", null),
            0,
            8,
            "gearman submit: f: lost it\n"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureHasItsCode(Throwable failure, int usual, int strict, String text)
      throws IOException {
    full.write(new Report.Ended("f", failure));

    assertThat(full.exitCode(false)).isEqualTo(usual);
    assertThat(full.exitCode(true)).isEqualTo(strict);
    assertThat(err.toString(UTF_8)).isEqualTo(text);
  }

  @Test
  void exceptionsCanBeKeptFromTheErrors() throws IOException {
    ReportWriter brief = writer(false, false, false);
    brief.write(new Report.Ended("f", new WorkerException(HANDLE, bytes("boom"))));

    assertThat(err.toString(UTF_8)).isEqualTo("Job failed\n");
    assertThat(brief.exitCode(true)).isEqualTo(3);
  }

  @Test
  void aSecondRunIsToldOfAndOnlyStrictlyAFailure() throws IOException {
    write(plain, new JobEvent.Restarted());

    assertThat(plain.exitCode(false)).isZero();
    assertThat(plain.exitCode(true)).isEqualTo(6);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "gearman submit: f: its worker was lost, and the job runs again: output comes twice\n");
  }

  @Test
  void theLargestCodeCounts() throws IOException {
    plain.write(new Report.Ended("f", late(Limit.TOTAL)));
    plain.write(new Report.Ended("f", new JobFailedException(HANDLE)));

    assertThat(plain.exitCode(true)).isEqualTo(7);
    assertThat(plain.exitCode(false)).isEqualTo(1);
  }
}
