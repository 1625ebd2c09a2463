// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CANT_DO;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.CAN_DO_TIMEOUT;
import static io.gearman.protocol.PacketType.GET_STATUS;
import static io.gearman.protocol.PacketType.GET_STATUS_UNIQUE;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.GRAB_JOB_ALL;
import static io.gearman.protocol.PacketType.GRAB_JOB_UNIQ;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.RESET_ABILITIES;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_EPOCH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_LOW_BG;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_REDUCE_JOB_BACKGROUND;
import static io.gearman.protocol.PacketType.WORK_CANCEL;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_DATA;
import static io.gearman.protocol.PacketType.WORK_DEMAND;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static io.gearman.protocol.PacketType.WORK_STATUS;
import static io.gearman.protocol.PacketType.WORK_WARNING;

import io.gearman.protocol.PacketType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of who may send what. A type that is not in it needs no role. */
final class Permissions {

  /** Of every connection that is not told otherwise. */
  static final Set<Role> ALL = Set.of(Role.values());

  static final Set<Role> NOT_ADMIN = Set.of(Role.CLIENT, Role.WORKER);
  static final Set<Role> ADMIN_ONLY = Set.of(Role.ADMIN);

  private static final Map<PacketType, Role> NEEDED = new EnumMap<>(PacketType.class);

  static {
    needs(Role.CLIENT, SUBMIT_JOB, SUBMIT_JOB_HIGH, SUBMIT_JOB_LOW);
    needs(Role.CLIENT, SUBMIT_JOB_BG, SUBMIT_JOB_HIGH_BG, SUBMIT_JOB_LOW_BG, SUBMIT_JOB_EPOCH);
    needs(Role.CLIENT, SUBMIT_REDUCE_JOB, SUBMIT_REDUCE_JOB_BACKGROUND);
    needs(Role.CLIENT, GET_STATUS, GET_STATUS_UNIQUE);
    needs(Role.CLIENT, WORK_DEMAND, WORK_CANCEL);
    needs(Role.WORKER, CAN_DO, CAN_DO_TIMEOUT, CANT_DO, RESET_ABILITIES);
    needs(Role.WORKER, PRE_SLEEP, GRAB_JOB, GRAB_JOB_UNIQ, GRAB_JOB_ALL);
    needs(Role.WORKER, WORK_DATA, WORK_WARNING, WORK_STATUS);
    needs(Role.WORKER, WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION);
  }

  private Permissions() {}

  private static void needs(Role role, PacketType... types) {
    Arrays.asList(types).forEach(type -> NEEDED.put(type, role));
  }

  /** The role that a packet of this type takes; null if anybody may send it. */
  static @Nullable Role needed(PacketType type) {
    return NEEDED.get(type);
  }
}
