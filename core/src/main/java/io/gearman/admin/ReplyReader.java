// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import java.util.function.BiConsumer;
import java.util.function.Function;
import reactor.core.publisher.SynchronousSink;

/**
 * Reads the reply to one command, line by line, and knows its end. A reply has its own reader,
 * confined to the event loop of its connection.
 */
final class ReplyReader<T> implements BiConsumer<String, SynchronousSink<T>> {

  private static final String OK = "OK";
  private static final String END = ".";

  private final Command command;
  private final boolean list;
  private final Function<String, T> parser;
  private boolean begun;

  private ReplyReader(Command command, boolean list, Function<String, T> parser) {
    this.command = command;
    this.list = list;
    this.parser = parser;
  }

  /** A list of rows, up to a dot alone on its line. */
  static <T> ReplyReader<T> list(Command command, Function<String, T> parser) {
    return new ReplyReader<>(command, true, parser);
  }

  /** One line. */
  static <T> ReplyReader<T> line(Command command, Function<String, T> parser) {
    return new ReplyReader<>(command, false, parser);
  }

  /** What follows {@code OK} on a line. */
  static String ok(String line) {
    if (!line.startsWith(OK + ' ')) {
      throw new IllegalArgumentException("No OK");
    }
    return line.substring(OK.length() + 1);
  }

  /** {@code OK} alone. */
  static String bareOk(String line) {
    if (!line.equals(OK)) {
      throw new IllegalArgumentException("No OK");
    }
    return line;
  }

  @Override
  public void accept(String line, SynchronousSink<T> sink) {
    if (list && line.equals(END)) {
      sink.complete();
    } else if (!begun && Command.isRefusal(line) && line.indexOf('\t') < 0) {
      sink.error(command.refusal(line)); // with a tab it is the row of a strange function
    } else {
      begun = true;
      read(line, sink);
    }
  }

  private void read(String line, SynchronousSink<T> sink) {
    T value;
    try {
      value = parser.apply(line);
    } catch (IllegalArgumentException e) {
      sink.error(command.unreadable(line));
      return;
    }
    sink.next(value);
    if (!list) {
      sink.complete();
    }
  }
}
