// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.JobStatus;
import io.gearman.UniqueStatus;
import io.gearman.protocol.Packet;
import io.gearman.protocol.ProtocolException;

/** Reads a STATUS_RES or a STATUS_RES_UNIQUE. */
final class StatusAnswer {

  private StatusAnswer() {}

  static JobStatus read(Packet answer) {
    return new JobStatus(flag(answer, 1), flag(answer, 2), number(answer, 3), number(answer, 4));
  }

  static UniqueStatus readUnique(Packet answer) {
    return new UniqueStatus(read(answer), number(answer, 5));
  }

  private static boolean flag(Packet answer, int argument) {
    return answer.text(argument).equals("1");
  }

  /** The Perl server sends nothing for no progress. */
  private static long number(Packet answer, int argument) {
    String text = answer.text(argument);
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ProtocolException(
          "%s of %s is \"%s\", not a number"
              .formatted(answer.type().arguments().get(argument), answer.type(), text));
    }
  }
}
