// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static io.gearman.peers.Peer.*;
import static io.gearman.peers.Role.*;
import static io.gearman.peers.Scenario.*;

import java.util.List;

/** What a peer cannot do on any server, and why. */
record Gap(Peer peer, Role role, Scenario scenario, String reason) {

  private static final List<Gap> ALL =
      List.of(
          new Gap(COMMAND, CLIENT, EXCEPTION, "never asks for exceptions"),
          new Gap(COMMAND, CLIENT, JOB_STATUS, "has no option for it"),
          new Gap(COMMAND, WORKER, DATA_WARNING_AND_STATUS, "sends only results and failures"),
          new Gap(COMMAND, WORKER, EXCEPTION, "sends only results and failures"),
          new Gap(COMMAND, WORKER, UNIQUE_ID, "does not pass it on to the program it runs"),
          new Gap(PERL, WORKER, UNIQUE_ID, "grabs by GRAB_JOB, whose answer leaves it out"),
          new Gap(NODE, WORKER, BINARY_PAYLOAD, "takes every result through a string in UTF-8"),
          new Gap(NODE, CLIENT, LARGE_PAYLOAD, "hangs if a last fragment has under 12 bytes"),
          new Gap(NODE, WORKER, LARGE_PAYLOAD, "hangs if a last fragment has under 12 bytes"));

  static boolean isOf(Peer peer, Role role, Scenario scenario) {
    return ALL.stream()
        .anyMatch(gap -> gap.peer == peer && gap.role == role && gap.scenario == scenario);
  }
}
