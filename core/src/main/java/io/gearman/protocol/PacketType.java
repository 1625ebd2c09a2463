// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of the protocol: number, argument names, and whether the last argument is opaque data.
 * It follows gearmand's {@code PROTOCOL} and, where servers differ from it, what they do: reduce
 * jobs carry an unused fourth argument, and STATUS_RES_UNIQUE begins with the unique id. The last
 * three types are the flow extension.
 */
public enum PacketType {
  CAN_DO(1, "function"),
  CANT_DO(2, "function"),
  RESET_ABILITIES(3),
  PRE_SLEEP(4),
  /** Reserved by the protocol; no peer sends it. */
  UNUSED(5),
  NOOP(6),
  SUBMIT_JOB(7, "function", "unique", Argument.DATA),
  JOB_CREATED(8, "handle"),
  GRAB_JOB(9),
  NO_JOB(10),
  JOB_ASSIGN(11, "handle", "function", Argument.DATA),
  WORK_STATUS(12, "handle", "numerator", "denominator"),
  WORK_COMPLETE(13, "handle", Argument.DATA),
  WORK_FAIL(14, "handle"),
  GET_STATUS(15, "handle"),
  ECHO_REQ(16, Argument.DATA),
  ECHO_RES(17, Argument.DATA),
  SUBMIT_JOB_BG(18, "function", "unique", Argument.DATA),
  ERROR(19, "code", "text"),
  STATUS_RES(20, "handle", "known", "running", "numerator", "denominator"),
  SUBMIT_JOB_HIGH(21, "function", "unique", Argument.DATA),
  SET_CLIENT_ID(22, "client id"),
  CAN_DO_TIMEOUT(23, "function", "timeout"),
  ALL_YOURS(24),
  WORK_EXCEPTION(25, "handle", Argument.DATA),
  OPTION_REQ(26, "option"),
  OPTION_RES(27, "option"),
  WORK_DATA(28, "handle", Argument.DATA),
  WORK_WARNING(29, "handle", Argument.DATA),
  GRAB_JOB_UNIQ(30),
  JOB_ASSIGN_UNIQ(31, "handle", "function", "unique", Argument.DATA),
  SUBMIT_JOB_HIGH_BG(32, "function", "unique", Argument.DATA),
  SUBMIT_JOB_LOW(33, "function", "unique", Argument.DATA),
  SUBMIT_JOB_LOW_BG(34, "function", "unique", Argument.DATA),
  SUBMIT_JOB_SCHED(
      35,
      "function",
      "unique",
      "minute",
      "hour",
      "day of month",
      "month",
      "day of week",
      Argument.DATA),
  SUBMIT_JOB_EPOCH(36, "function", "unique", "epoch", Argument.DATA),
  SUBMIT_REDUCE_JOB(37, "function", "unique", "reducer", "unused", Argument.DATA),
  SUBMIT_REDUCE_JOB_BACKGROUND(38, "function", "unique", "reducer", "unused", Argument.DATA),
  GRAB_JOB_ALL(39),
  JOB_ASSIGN_ALL(40, "handle", "function", "unique", "reducer", Argument.DATA),
  GET_STATUS_UNIQUE(41, "unique"),
  STATUS_RES_UNIQUE(42, "unique", "known", "running", "numerator", "denominator", "clients"),
  WORK_DEMAND(1001, "handle", "count"),
  WORK_CANCEL(1002, "handle"),
  WORK_RESTARTED(1003, "handle");

  private static final PacketType[] BY_CODE = byCode();

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> arguments;

  PacketType(int code, String... arguments) {
    this.code = code;
    this.arguments = List.of(arguments);
  }

  /** The number of this type on the wire. */
  public int code() {
    return code;
  }

  /** The names of the arguments, in order. */
  public List<String> arguments() {
    return arguments;
  }

  /** True if the last argument is opaque data of any length rather than a name or a number. */
  public boolean endsInData() {
    return !arguments.isEmpty() && arguments.get(arguments.size() - 1).equals(Argument.DATA);
  }

  /** True for the types that only peers which have agreed on the flow extension may send. */
  public boolean isFlowExtension() {
    return code >= WORK_DEMAND.code;
  }

  /** The type with this number, or null if there is none; any number will do, negative ones too. */
  public static @Nullable PacketType of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /** A holder, since a constant of the enum itself cannot be named before the enum's values. */
  private static final class Argument {
    static final String DATA = "data";
  }

  private static PacketType[] byCode() {
    int highest = Arrays.stream(values()).mapToInt(PacketType::code).max().orElseThrow();
    PacketType[] table = new PacketType[highest + 1];
    for (PacketType type : values()) {
      if (table[type.code] != null) {
        throw new AssertionError(type + " and " + table[type.code] + " share number " + type.code);
      }
      table[type.code] = type;
    }
    return table;
  }
}
