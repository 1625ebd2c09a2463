// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.testkit.WireClient;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What one hostile connection does.
 *
 * @param pieces what it sends, one behind the other
 * @param cuts where its bytes are divided into writes; shares of the whole, in thousandths
 */
record HostileConversation(List<HostilePiece> pieces, List<Integer> cuts, Ending ending) {

  /** What stands for a job to come: as long as its handle, which leading zeros do not change. */
  static final String NEXT_JOBS = "H:########:000000";

  private static final Pattern HANDLE = Pattern.compile(NEXT_JOBS + "([1-9])");

  /** How it leaves. */
  enum Ending {
    STAYS,
    CLOSES,
    RESETS,
    HALF_CLOSES
  }

  /**
   * Its bytes as they are written.
   *
   * @param lastHandle of the job before: those that stand for the next ones become real
   */
  List<byte[]> writes(String lastHandle) {
    String run = lastHandle.substring(0, lastHandle.lastIndexOf(':') + 1);
    long last = Long.parseLong(lastHandle.substring(run.length()));
    byte[] whole =
        HANDLE
            .matcher(new String(HostilePiece.join(pieces), ISO_8859_1))
            .replaceAll(match -> run + "%07d".formatted(last + Long.parseLong(match.group(1))))
            .getBytes(ISO_8859_1);
    TreeSet<Integer> places = new TreeSet<>(List.of(whole.length));
    cuts.forEach(cut -> places.add((int) ((long) whole.length * cut / 1_000)));
    List<byte[]> writes = new ArrayList<>();
    int from = 0;
    for (int to : places) {
      writes.add(Arrays.copyOfRange(whole, from, to));
      from = to;
    }
    return writes;
  }

  /** The server may close the connection at any time. */
  static void send(WireClient client, byte[] bytes) {
    try {
      client.sendBytes(bytes);
    } catch (UncheckedIOException e) {
      // closed: as good as any other answer
    }
  }

  void end(WireClient client) {
    switch (ending) {
      case STAYS -> {}
      case CLOSES -> client.close();
      case RESETS -> client.reset();
      case HALF_CLOSES -> {
        try {
          client.shutdownOutput();
        } catch (UncheckedIOException e) {
          // closed already
        }
      }
    }
  }
}
