// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The program without its effects: no exit, and servers are noted rather than run. */
final class Cli {

  final Map<String, String> environment = new HashMap<>();
  final List<ServerSetup> started = new ArrayList<>();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final ByteArrayOutputStream replies = new ByteArrayOutputStream();

  /** The exit code. */
  int run(String... words) {
    return Gearman.create(this::start, environment::get, replies)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  private int start(ServerSetup setup) {
    started.add(setup);
    return 0;
  }

  /** What the command printed, and then what it passed on as it came. */
  String out() {
    return out + replies.toString(UTF_8);
  }

  List<String> err() {
    return err.toString().lines().toList();
  }
}
