// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.Priority;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrative text protocol: one line in, a reply out, in the words and with the line ends
 * of gearmand. Words are separated by blanks; of commands the case does not matter.
 */
final class TextCommands {

  private static final int MAX_WORDS = 5;
  private static final String OK = "OK\r\n";
  private static final String VERSION =
      Optional.ofNullable(TextCommands.class.getPackage().getImplementationVersion())
          .orElse("development");

  private final ServerSettings settings;
  private final Jobs jobs;
  private final Functions functions;
  private final Tables tables;
  private final Lifecycle lifecycle;

  TextCommands(
      ServerSettings settings,
      Jobs jobs,
      Functions functions,
      Collection<Peer> peers,
      Lifecycle lifecycle) {
    this.settings = settings;
    this.jobs = jobs;
    this.functions = functions;
    this.tables = new Tables(jobs, functions, peers);
    this.lifecycle = lifecycle;
  }

  /** Answers a line; one of too many words closes the connection, as in gearmand. */
  void receive(Peer peer, String line) {
    String[] words = line.split(" +", -1);
    if (words.length > MAX_WORDS) {
      peer.finish();
      return;
    }
    switch (words[0].toLowerCase(Locale.ROOT)) {
      case "status" -> peer.inbox.answer(tables.status());
      case "prioritystatus" -> peer.inbox.answer(tables.priorityStatus());
      case "workers" -> peer.inbox.answer(tables.workers());
      case "show" -> show(peer, words);
      case "cancel" -> peer.sendText(cancel(words));
      case "create" -> peer.sendText(create(words));
      case "drop" -> peer.sendText(drop(words));
      case "maxqueue" -> peer.sendText(maxQueue(words));
      case "version" -> peer.sendText("OK " + VERSION + '\n');
      case "getpid" -> peer.sendText("OK " + ProcessHandle.current().pid() + '\n');
      case "verbose" -> peer.sendText("OK " + verbosity() + '\n');
      case "shutdown" -> peer.sendText(shutDown(words));
      default -> peer.sendText(unknown(words));
    }
  }

  private static String unknown(String[] words) {
    return "ERR UNKNOWN_COMMAND Unknown+server+command" + words[0] + "\r\n";
  }

  private static String incomplete(String[] words) {
    return "ERR INVALID_ARGUMENTS An+incomplete+set+of+arguments+was+sent+to+this+command+"
        + words[0]
        + "\r\n";
  }

  private static byte[] bytes(String word) {
    return word.getBytes(ISO_8859_1);
  }

  private static boolean is(String word, String expected) {
    return word.equalsIgnoreCase(expected);
  }

  // ---- jobs

  private void show(Peer peer, String[] words) {
    if (words.length == 1) {
      peer.sendText(unknown(words));
    } else if (words.length == 2 && is(words[1], "jobs")) {
      peer.inbox.answer(tables.jobs());
    } else if (words.length == 3 && is(words[1], "unique") && is(words[2], "jobs")) {
      peer.inbox.answer(tables.uniqueIds());
    } else {
      peer.sendText("ERR UNKNOWN_SHOW_ARGUMENTS\r\n");
    }
  }

  private String cancel(String[] words) {
    if (words.length < 3) {
      return unknown(words);
    }
    if (words.length > 3 || !is(words[1], "job")) {
      return "ERR UNKNOWN_ERROR\r\n";
    }
    Job job = jobs.find(bytes(words[2]));
    if (job == null) {
      return "ERR UNKNOWN_JOB\r\n";
    }
    jobs.cancel(job);
    return OK;
  }

  // ---- functions

  private String create(String[] words) {
    if (words.length != 3 || !is(words[1], "function") || words[2].isEmpty()) {
      return incomplete(words);
    }
    return functions.obtain(bytes(words[2])) == null
        ? "ERR QUEUE_ERROR There+are+" + settings.maxFunctions + "+functions,+none+of+them+idle\r\n"
        : OK;
  }

  /** Queued jobs keep a function as workers do: with the function they would be lost. */
  private String drop(String[] words) {
    if (words.length != 3 || !is(words[1], "function")) {
      return incomplete(words);
    }
    FunctionQueue function = functions.find(bytes(words[2]));
    if (function == null) {
      return "ERR function not found\r\n";
    }
    if (function.workers > 0 || function.total() > 0) {
      return "ERR there are still connected workers or executing clients\r\n";
    }
    functions.drop(function);
    return OK;
  }

  /** A function that is not known gets no limit, and the answer is OK all the same. */
  private String maxQueue(String[] words) {
    if (words.length < 2) {
      return incomplete(words);
    }
    FunctionQueue function = functions.find(bytes(words[1]));
    if (function != null) {
      function.limit(limits(List.of(words).subList(2, words.length)));
      functions.settle(function);
    }
    return OK;
  }

  /**
   * A single number is for all priorities; of several the first is for high, and a missing one no
   * limit.
   */
  private static Map<Priority, Integer> limits(List<String> words) {
    Iterator<String> numbers =
        words.size() == 1 ? Collections.nCopies(3, words.get(0)).iterator() : words.iterator();
    Map<Priority, Integer> limits = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      int limit = numbers.hasNext() ? limit(numbers.next()) : 0;
      if (limit > 0) {
        limits.put(priority, limit);
      }
    }
    return limits;
  }

  /** The number that a word begins with, else 0, which is no limit. */
  private static int limit(String word) {
    long limit = Numbers.leading(bytes(word)).orElse(Long.MAX_VALUE);
    return (int) Math.min(limit, Integer.MAX_VALUE);
  }

  // ---- the server

  /** The level of the server's logger, in the words of gearmand. */
  private static String verbosity() {
    Logger log = LoggerFactory.getLogger(JobServer.class);
    if (log.isDebugEnabled()) {
      return "DEBUG";
    }
    if (log.isInfoEnabled()) {
      return "INFO";
    }
    if (log.isWarnEnabled()) {
      return "WARNING";
    }
    return log.isErrorEnabled() ? "ERROR" : "FATAL";
  }

  private String shutDown(String[] words) {
    if (!settings.shutdownCommand) {
      return unknown(words);
    }
    if (words.length == 1) {
      lifecycle.shutDown();
      return OK;
    }
    if (words.length == 2 && is(words[1], "graceful")) {
      lifecycle.shutDownGracefully();
      return OK;
    }
    return "ERR INVALID_ARGUMENTS shutdown+takes+graceful+or+nothing\r\n";
  }
}
