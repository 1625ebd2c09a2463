// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static io.gearman.peers.Peer.*;
import static io.gearman.peers.Role.*;
import static io.gearman.peers.Scenario.*;

import java.util.List;
import java.util.Set;

/** What peers cannot do on any server, and why. */
record Gap(Set<Peer> peers, Role role, Scenario scenario, String reason) {

  private static final List<Gap> ALL =
      List.of(
          new Gap(Set.of(COMMAND), CLIENT, EXCEPTION, "never asks for exceptions"),
          new Gap(Set.of(COMMAND), CLIENT, JOB_STATUS, "has no option for it"),
          new Gap(Set.of(COMMAND, PERL, NODE), CLIENT, STATUS_BY_UNIQUE_ID, "do not know of it"),
          new Gap(Set.of(COMMAND, PERL, PHP, NODE), CLIENT, DELAY, "do not know of it"),
          new Gap(Set.of(COMMAND, PERL, PHP, NODE), CLIENT, REDUCE, "do not know of it"),
          new Gap(Set.of(NODE), CLIENT, LARGE_PAYLOAD, "hangs on a last fragment under 12 bytes"),
          new Gap(Set.of(NODE), WORKER, LARGE_PAYLOAD, "hangs on a last fragment under 12 bytes"),
          new Gap(Set.of(NODE), WORKER, BINARY_PAYLOAD, "makes a string in UTF-8 of each result"),
          new Gap(Set.of(PERL), WORKER, UNIQUE_ID, "grabs by GRAB_JOB, which leaves it out"),
          new Gap(Set.of(COMMAND), WORKER, UNIQUE_ID, "does not tell the program that it runs"),
          new Gap(Set.of(COMMAND), WORKER, DATA_WARNING_AND_STATUS, "sends nothing but the end"),
          new Gap(Set.of(COMMAND), WORKER, EXCEPTION, "sends nothing but the end"),
          new Gap(Set.of(COMMAND), WORKER, TIME_LIMIT, "has no option for it"));

  static boolean isOf(Peer peer, Role role, Scenario scenario) {
    return ALL.stream()
        .anyMatch(gap -> gap.peers.contains(peer) && gap.role == role && gap.scenario == scenario);
  }
}
