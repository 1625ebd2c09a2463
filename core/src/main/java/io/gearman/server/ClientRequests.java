// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.OPTION_RES;
import static io.gearman.protocol.PacketType.STATUS_RES;
import static io.gearman.protocol.PacketType.STATUS_RES_UNIQUE;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_RESTARTED;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What clients ask for. Each submission is answered by one JOB_CREATED or one ERROR, in order. */
final class ClientRequests {

  /** Longest unique id, and longest name of a reducer; libgearman refuses longer ones itself. */
  static final int MAX_UNIQUE = 64;

  private static final Pattern DEMAND = Pattern.compile("[0-9]{1,10}");
  private static final byte[] ZERO = {'0'};
  private static final byte[] ONE = {'1'};

  private final Jobs jobs;
  private final Functions functions;

  ClientRequests(Jobs jobs, Functions functions) {
    this.jobs = jobs;
    this.functions = functions;
  }

  // ---- submitting

  void submit(Peer peer, Packet packet, Priority priority) {
    submit(
        peer,
        Submission.foreground(
            priority, packet.argument(0), packet.argument(1), packet.argument(2)));
  }

  void enqueue(Peer peer, Packet packet, Priority priority) {
    submit(
        peer,
        Submission.background(
            priority, packet.argument(0), packet.argument(1), packet.argument(2)));
  }

  void schedule(Peer peer, Packet packet) {
    OptionalLong due = Numbers.leading(packet.argument(2));
    if (due.isEmpty()) {
      peer.error("ARGUMENT_TOO_LARGE", "The epoch is over " + Long.MAX_VALUE + " seconds");
      return;
    }
    submit(
        peer,
        new Submission(
            packet.argument(0),
            packet.argument(1),
            Submission.NO_REDUCER,
            packet.argument(3),
            Priority.NORMAL,
            true,
            due.getAsLong()));
  }

  void submitReduce(Peer peer, Packet packet, boolean background) {
    byte[] reducer = packet.argument(2);
    if (reducer.length > MAX_UNIQUE) {
      peer.error("ARGUMENT_TOO_LARGE", "Reducer name too large");
      return;
    }
    submit(
        peer,
        new Submission(
            packet.argument(0),
            packet.argument(1),
            reducer,
            packet.argument(4),
            Priority.NORMAL,
            background,
            0));
  }

  private void submit(Peer peer, Submission submission) {
    if (submission.unique().length > MAX_UNIQUE) {
      peer.error("ARGUMENT_TOO_LARGE", "Unique value too large");
      return;
    }
    FunctionQueue function = functions.obtain(submission.function());
    if (function == null) {
      peer.error("QUEUE_ERROR", "No more functions can be queued for");
      return;
    }
    Job live = function.find(submission.key());
    String refusal =
        live == null ? jobs.refusal(function, submission) : jobs.refusal(peer, live, submission);
    if (refusal != null) {
      peer.error("QUEUE_ERROR", refusal);
    } else if (live != null) {
      jobs.join(peer, live, submission.background());
      peer.send(JOB_CREATED, jobs.handle(live));
    } else {
      Job job = jobs.add(peer, function, submission);
      peer.send(JOB_CREATED, jobs.handle(job));
    }
  }

  // ---- asking

  void status(Peer peer, Packet packet) {
    byte[] handle = packet.argument(0);
    Job job = jobs.find(handle);
    Run run = job == null ? null : job.run;
    peer.send(
        STATUS_RES,
        job == null ? Numbers.untilNul(handle) : jobs.handle(job),
        flag(job != null),
        flag(run != null),
        number(run == null ? 0 : run.numerator),
        number(run == null ? 0 : run.denominator));
  }

  /** The answer begins with the unique id, not with the handle: libgearman looks for it there. */
  void statusByUniqueId(Peer peer, Packet packet) {
    byte[] unique = Numbers.untilNul(packet.argument(0));
    Job job = jobs.newest(unique);
    Run run = job == null ? null : job.run;
    peer.send(
        STATUS_RES_UNIQUE,
        unique,
        flag(job != null),
        flag(run != null),
        number(run == null ? 0 : run.numerator),
        number(run == null ? 0 : run.denominator),
        number(job == null ? 0 : job.listeners()));
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  private static byte[] flag(boolean value) {
    return value ? ONE : ZERO;
  }

  // ---- options

  void option(Peer peer, Packet packet) {
    String option = new String(Numbers.untilNul(packet.argument(0)), US_ASCII);
    switch (option.toLowerCase(Locale.ROOT)) {
      case "exceptions" -> {
        peer.exceptions = true;
        peer.send(OPTION_RES, packet.argument(0));
      }
      case "flow" -> agreeOnFlow(peer, packet);
      default -> peer.error("UNKNOWN_OPTION", "Server does not recognize given option");
    }
  }

  /** What was sent before of a job that has not ended would be in no account. */
  private static void agreeOnFlow(Peer peer, Packet packet) {
    if (!peer.flow && !(peer.owned.isEmpty() && peer.attachments.isEmpty())) {
      peer.error("UNKNOWN_OPTION", "Flow is agreed on before the first job");
      return;
    }
    peer.flow = true;
    peer.send(OPTION_RES, packet.argument(0));
  }

  // ---- flow

  /**
   * What only peers that have agreed on the flow extension may send; to others these types are
   * unknown.
   */
  void flow(Peer peer, Packet packet) {
    if (!peer.flow || packet.type() == WORK_RESTARTED) {
      peer.close(Departure.INVALID);
      return;
    }
    Attachment attachment = jobs.find(peer, packet.argument(0));
    if (attachment == null) {
      return; // it may have crossed the end of the job on the wire
    }
    if (packet.type() == WORK_DEMAND) {
      demand(attachment, packet.text(1));
    } else if (--attachment.submissions == 0) {
      jobs.detach(attachment);
    }
  }

  private void demand(Attachment attachment, String count) {
    if (DEMAND.matcher(count).matches()) {
      long more = Long.parseLong(count);
      if (more >= 1 && more <= Integer.MAX_VALUE) {
        jobs.credits().allow(attachment, more);
      }
    }
  }
}
