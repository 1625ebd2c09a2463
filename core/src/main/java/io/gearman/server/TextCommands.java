// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Optional;

/** The administrative text protocol: one line in, a reply out, in the words of gearmand. */
final class TextCommands {

  private static final String VERSION =
      Optional.ofNullable(TextCommands.class.getPackage().getImplementationVersion())
          .orElse("development");

  private TextCommands() {}

  static String answer(String line, Broker broker) {
    String command = line.split(" ", 2)[0];
    return switch (command.toLowerCase(Locale.ROOT)) {
      case "status" -> status(broker);
      case "version" -> "OK " + VERSION + '\n';
      default -> "ERR UNKNOWN_COMMAND Unknown+server+command" + command + "\r\n";
    };
  }

  private static String status(Broker broker) {
    StringBuilder reply = new StringBuilder();
    for (FunctionQueue function : broker.functions()) {
      reply.append(new String(function.name, ISO_8859_1)).append('\t');
      reply.append(function.queued() + function.running).append('\t');
      reply.append(function.running).append('\t');
      reply.append(function.workers.size()).append('\n');
    }
    return reply.append(".\n").toString();
  }
}
