// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobHandle;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A job as one connection sees it: the submissions that met in it, which are several if they had
 * one unique id. With the flow extension the server sends each event once and it is for all of
 * them; plain Gearman sends one copy for each, and they take turns.
 *
 * <p>Confined to the event loop of the session, hence the plain fields.
 */
final class SharedJob {

  private final JobHandle handle;
  private final int window;
  private final ArrayDeque<JobSubscription> members = new ArrayDeque<>(1);
  private long arrived; // data that has come
  private long allowed; // data that the server was told may come
  private boolean unique; // others may come, or have come, from elsewhere
  private boolean heard = true; // since it was last asked
  private int awaited; // answers that say that no member is under way

  SharedJob(JobHandle handle, int window) {
    this.handle = handle;
    this.window = window;
  }

  JobHandle handle() {
    return handle;
  }

  void join(JobSubscription member) {
    members.add(member);
    unique |= member.hasUnique();
  }

  boolean isUnique() {
    return unique;
  }

  /** Whether nothing has come since this was last asked. */
  boolean isUnheard() {
    boolean unheard = !heard;
    heard = false;
    return unheard;
  }

  void leave(JobSubscription member) {
    members.remove(member);
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** One more answer is to be awaited before this job is forgotten. */
  void await() {
    awaited++;
  }

  /** Such an answer has come; says whether it was the last. */
  boolean answered() {
    return --awaited == 0;
  }

  List<JobSubscription> members() {
    return List.copyOf(members);
  }

  /** One packet for all. */
  void toAll(Packet packet) {
    if (JobSubscription.takesDemand(packet)) {
      arrived++;
    }
    if (members.size() == 1) {
      members.element().onWork(packet); // the usual case
    } else {
      members().forEach(member -> member.onWork(packet)); // which may make it leave
    }
  }

  /**
   * Whose turn it is.
   *
   * @param last that member gets no more
   */
  JobSubscription next(boolean last) {
    heard = true;
    JobSubscription next = members.remove();
    if (!last) {
      members.add(next);
    }
    return next;
  }

  /**
   * How much more is to be demanded now: the window, counted from what the slowest member has
   * taken; nothing before half of it is free.
   */
  long takeDemand() {
    long waiting = 0;
    for (JobSubscription member : members) {
      waiting = Math.max(waiting, member.dataWaiting());
    }
    long more = arrived - waiting + window - allowed;
    if (members.isEmpty() || 2 * more < window) {
      return 0;
    }
    allowed += more;
    return more;
  }

  Packet demand(long count) {
    return Packet.request(PacketType.WORK_DEMAND, id(), Long.toString(count).getBytes(ISO_8859_1));
  }

  Packet cancel() {
    return Packet.request(PacketType.WORK_CANCEL, id());
  }

  private byte[] id() {
    return handle.id().getBytes(ISO_8859_1);
  }
}
