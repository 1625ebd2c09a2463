// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.GearmanException;
import io.gearman.ServerErrorException;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.ServerAddress;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A command to a server, and the errors that it may end with. */
record Command(ServerAddress server, String text) {

  private static final String REFUSED = "ERR";
  private static final Pattern CODE = Pattern.compile("[A-Z]+(_[A-Z]+)*|[a-z]+(_[a-z]+)+");
  private static final int SHOWN = 200;

  /** The line to send. gearmand takes a CR before the LF for granted in {@code create}. */
  byte[] line() {
    return (text + "\r\n").getBytes(UTF_8);
  }

  static boolean isRefusal(String line) {
    return line.equals(REFUSED) || line.startsWith(REFUSED + ' ');
  }

  /** A refusal: a code and a text with a plus for each blank, or a text in plain words. */
  ServerErrorException refusal(String line) {
    String said = line.substring(REFUSED.length()).strip();
    String first = said.split(" ", 2)[0];
    boolean coded = CODE.matcher(first).matches();
    String words = coded ? said.substring(first.length()).strip() : said;
    return new ServerErrorException(
        server.toString(), coded ? first : REFUSED, words.replace('+', ' '));
  }

  ProtocolException unreadable(String line) {
    String shown = line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    return new ProtocolException(
        "Server %s answered \"%s\" with \"%s\"".formatted(server, text, shown));
  }

  ConnectionException closed() {
    return unanswered("closed the connection", null);
  }

  /** What the failure of a connection means. */
  GearmanException failure(Throwable error, Duration timeout, int maxLine) {
    if (error instanceof GearmanException known) {
      return known;
    }
    if (error instanceof TooLongFrameException) {
      return new ProtocolException(
          "Server %s answered \"%s\" with a line of more than %d bytes"
              .formatted(server, text, maxLine));
    }
    if (error instanceof ReadTimeoutException) {
      return unanswered("was silent for " + timeout, null);
    }
    return unanswered("was lost (" + error.getMessage() + ')', error);
  }

  private ConnectionException unanswered(String what, @Nullable Throwable cause) {
    return new ConnectionException(
        server.toString(),
        Phase.UNANSWERED,
        "Server %s %s before its answer to \"%s\" was complete".formatted(server, what, text),
        cause);
  }
}
