// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which jobs are one: a job whose function and unique id are those of a job that has not ended is
 * joined to it instead of started again.
 *
 * @param kind where the id comes from
 * @param text the id, at most 63 bytes in UTF-8 without a NUL; empty if there is none, or none yet
 */
public record UniqueId(Kind kind, String text) {

  /** Where a unique id comes from. */
  public enum Kind {
    /** There is none: each submission is a job of its own. */
    NONE,
    /** It is the caller's. The server takes {@code "-"} to mean the workload itself. */
    GIVEN,
    /**
     * A UUID for each subscription, counted up from a random one: a job of its own that can be told
     * from all others, so that sending it again does not start it twice.
     */
    GENERATED,
    /** A hash of the workload, as libgearman makes it of the id {@code #}. */
    WORKLOAD
  }

  /**
   * Jobs are submitted on event loops, where the source of randomness may block: so it is asked
   * once, by whoever builds the first client.
   */
  private static final class Generator {

    static final UUID FIRST = UUID.randomUUID();
    static final AtomicLong generated = new AtomicLong(); // from any thread

    private Generator() {}

    static String next() {
      return new UUID(
              FIRST.getMostSignificantBits(),
              FIRST.getLeastSignificantBits() + generated.incrementAndGet())
          .toString();
    }
  }

  private static final String OF_WORKLOAD = "-"; // to servers
  private static final int MAX_BYTES = 63;
  private static final UniqueId NONE = new UniqueId(Kind.NONE, "");
  private static final UniqueId GENERATED = new UniqueId(Kind.GENERATED, "");
  private static final UniqueId WORKLOAD = new UniqueId(Kind.WORKLOAD, "");

  public UniqueId {
    requireNonNull(kind, "kind");
    JobRequest.check("unique", text, MAX_BYTES);
    if ((kind == Kind.NONE && !text.isEmpty()) || (kind == Kind.GIVEN && text.isEmpty())) {
      throw new IllegalArgumentException("A unique id that is " + kind + " is not \"" + text + '"');
    }
  }

  public static UniqueId none() {
    return NONE;
  }

  /** An id of the caller's own; an empty text is none. */
  public static UniqueId of(String text) {
    return text.isEmpty() ? NONE : new UniqueId(Kind.GIVEN, text);
  }

  public static UniqueId generated() {
    return GENERATED;
  }

  public static UniqueId ofWorkload() {
    return WORKLOAD;
  }

  /** Makes ids ready to be generated, which may block. */
  static void prepare() {
    requireNonNull(Generator.FIRST, "first");
  }

  /** The id of one submission. */
  UniqueId fixed(byte[] workload) {
    if (!text.isEmpty()) {
      return this;
    }
    return switch (kind) {
      case NONE, GIVEN -> this;
      case GENERATED -> new UniqueId(kind, Generator.next());
      case WORKLOAD -> new UniqueId(kind, MurmurHash.text(workload));
    };
  }

  /** What jobs have in common that are to meet on one server; empty for none. */
  String meetingPoint(byte[] workload) {
    return text.equals(OF_WORKLOAD) ? MurmurHash.text(workload) : text;
  }

  /** Whether others may come to submit the same. */
  boolean mayBeShared() {
    return kind == Kind.GIVEN || kind == Kind.WORKLOAD;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
