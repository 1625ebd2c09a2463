// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.JobEvent;
import io.gearman.JobFailedException;
import io.gearman.JobUpdate;
import io.gearman.WorkerException;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The packets of one job. */
final class JobOutput {

  private static final int MAX_TEXT = 8192; // bytes of an error's class and message
  private static final byte[] NONE = {};

  private final WorkerSession session;
  private final byte[] handle;
  private final Job job;

  JobOutput(WorkerSession session, byte[] handle, Job job) {
    this.session = session;
    this.handle = handle;
    this.job = job;
  }

  /** Whether a packet may hold this update. */
  boolean fits(JobUpdate update) {
    return fits(bytesOf(update));
  }

  /**
   * What an update is cut into that no packet may hold; null if one may.
   *
   * @throws IllegalStateException if packets may hold no data at all
   */
  @Nullable Pieces pieces(JobUpdate update) {
    byte[] bytes = bytesOf(update);
    if (fits(bytes)) {
      return null;
    }
    int room = session.maxPacketSize() - Packet.HEADER_SIZE - handle.length - 1;
    if (room < 1) {
      throw new IllegalStateException(
          "Function %s sent %d bytes, none of which a packet of at most %d bytes can hold"
              .formatted(job.function(), bytes.length, session.maxPacketSize()));
    }
    return new Pieces(update, bytes, room);
  }

  private static byte[] bytesOf(JobUpdate update) {
    if (update instanceof JobEvent.Data data) {
      return data.bytes();
    }
    if (update instanceof JobEvent.Warning warning) {
      return warning.bytes();
    }
    return update instanceof JobEvent.Completed completed ? completed.bytes() : NONE;
  }

  /** A larger packet would end the connection, and the job would run again, to the same end. */
  private boolean fits(byte[] bytes) {
    return (long) Packet.HEADER_SIZE + handle.length + 1 + bytes.length <= session.maxPacketSize();
  }

  void send(JobUpdate update) {
    if (update instanceof JobEvent.Data data) {
      session.send(PacketType.WORK_DATA, handle, data.bytes());
    } else if (update instanceof JobEvent.Warning warning) {
      session.send(PacketType.WORK_WARNING, handle, warning.bytes());
    } else if (update instanceof JobEvent.Status status) {
      session.send(PacketType.WORK_STATUS, handle, ascii(status.done()), ascii(status.total()));
    } else if (update instanceof JobEvent.Completed result) {
      session.send(PacketType.WORK_COMPLETE, handle, result.bytes());
    }
  }

  void complete() {
    session.send(PacketType.WORK_COMPLETE, handle, NONE);
  }

  /** Nobody wants the job any more. */
  void cancelled() {
    session.send(PacketType.WORK_FAIL, handle);
  }

  void fail(Throwable failure) {
    if (failure instanceof WorkerException exception && fits(exception.bytes())) {
      session.send(PacketType.WORK_EXCEPTION, handle, exception.bytes());
    } else if (failure.getClass() == JobFailedException.class) {
      session.send(PacketType.WORK_FAIL, handle);
    } else {
      byte[] text = told(failure).getBytes(UTF_8);
      session.send(
          PacketType.WORK_EXCEPTION, handle, Arrays.copyOf(text, Math.min(text.length, MAX_TEXT)));
    }
  }

  /** Errors are of the functions' making: one may fail to say what it is. */
  private String told(Throwable failure) {
    try {
      WorkerSession.log.warn("Function {} failed on {}", job.function(), job, failure);
      return failure.toString();
    } catch (RuntimeException unspeakable) {
      String name = failure.getClass().getName();
      WorkerSession.log.warn("Function {} failed on {}: {}", job.function(), job, name);
      return name;
    }
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }
}
