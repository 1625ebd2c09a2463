// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.gearman.JobHandle;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as one connection sees it: the submissions that met in it, which are several if they had
 * one unique id. With the flow extension the server sends each event once and it is for all of
 * them; plain Gearman sends one copy for each, and they take turns.
 *
 * <p>Confined to the event loop of the session, hence the plain fields.
 */
final class SharedJob {

  /** Bytes that a piece of data has at most if being woken up for it costs more than it does. */
  private static final int SMALL = 1024;

  private static final long RUN_AHEAD = 4; // windows

  private final String server;
  private final Key key;
  private final int window;
  private @Nullable JobSubscription sole; // the usual case
  private @Nullable ArrayDeque<JobSubscription> several; // in its place once there was a second one
  private long arrived; // data that has come
  private long bytes; // of it
  private final boolean unique; // others may come, or have come, from elsewhere
  private long allowed; // data that the server knows may come
  private boolean heard = true; // since it was last asked
  private int awaited; // answers that say that no member is under way

  /** The bytes of a handle as packets have them. */
  static final class Key {

    private final byte[] handle;
    private final int hash;

    Key(byte[] handle) {
      this.handle = handle;
      this.hash = Arrays.hashCode(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && Arrays.equals(handle, that.handle);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /**
   * @param unique whether its submissions have a unique id
   */
  SharedJob(String server, Key key, int window, boolean unique) {
    this.server = server;
    this.key = key;
    this.window = window;
    this.unique = unique;
    this.allowed = unique ? 0 : 1;
  }

  Key key() {
    return key;
  }

  /** Made anew, as it is wanted at the end of few jobs. */
  JobHandle handle() {
    return new JobHandle(server, new String(key.handle, ISO_8859_1));
  }

  void join(JobSubscription member) {
    JobSubscription first = sole;
    if (several != null) {
      several.add(member);
    } else if (first != null) {
      several = new ArrayDeque<>(List.of(first, member));
      sole = null;
    } else {
      sole = member;
    }
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
    if (several != null) {
      several.remove(member);
    } else if (sole == member) {
      sole = null;
    }
  }

  boolean isEmpty() {
    return several == null ? sole == null : several.isEmpty();
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
    if (several != null) {
      return List.copyOf(several);
    }
    return sole == null ? List.of() : List.of(sole);
  }

  /** One packet for all. */
  void toAll(Packet packet) {
    if (JobSubscription.takesDemand(packet)) {
      arrived++;
      bytes += packet.argument(1).length;
    }
    if (sole != null) {
      sole.onWork(packet);
    } else {
      members().forEach(member -> member.onWork(copy(packet))); // which may make it leave
    }
  }

  /** Each subscriber has bytes of its own, as if it were alone. */
  private static Packet copy(Packet packet) {
    byte[][] arguments = new byte[packet.type().arguments().size()][];
    Arrays.setAll(arguments, i -> packet.argument(i).clone());
    return Packet.response(packet.type(), arguments);
  }

  /**
   * Whose turn it is.
   *
   * @param last that member gets no more
   */
  JobSubscription next(boolean last) {
    heard = true;
    JobSubscription next = sole;
    if (next == null) {
      next = requireNonNull(several).remove();
      if (!last) {
        several.add(next);
      }
    } else if (last) {
      sole = null;
    }
    return next;
  }

  /**
   * How much more is to be demanded now: what may be ahead, counted from what the slowest member
   * has taken; nothing before half of it is free. A job of its own may have nothing but a result,
   * so that nothing is demanded before its first data has come.
   */
  long takeDemand() {
    long ahead = ahead();
    long more = arrived - mostWaiting() + ahead - allowed;
    boolean mayBeMereResult = arrived == 0 && !unique;
    if (isEmpty() || mayBeMereResult || 2 * more < ahead) {
      return 0;
    }
    allowed += more;
    return more;
  }

  /** How far data may be ahead of its members: further if it is small and none ever waits here. */
  private long ahead() {
    boolean mayRunAhead = !unique && sole != null && sole.takesAll() && bytes <= SMALL * arrived;
    return mayRunAhead ? RUN_AHEAD * window : window;
  }

  private long mostWaiting() {
    if (sole != null) {
      return sole.dataWaiting();
    }
    long most = 0;
    for (JobSubscription member : members()) {
      most = Math.max(most, member.dataWaiting());
    }
    return most;
  }

  /**
   * @param count how much more, in decimal
   */
  Packet demand(byte[] count) {
    return Packet.request(PacketType.WORK_DEMAND, key.handle, count);
  }

  Packet cancel() {
    return Packet.request(PacketType.WORK_CANCEL, key.handle);
  }

  @Override
  public String toString() {
    return handle().toString();
  }
}
