// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program without its effects: no exit, and servers are noted rather than run. */
final class Cli {

  final Map<String, String> environment = new HashMap<>();
  final List<ServerSetup> started = new ArrayList<>();

  /** Standard input. */
  InputStream in = InputStream.nullInputStream();

  /** Standard output, if it is not to be kept. */
  @Nullable OutputStream stdout;

  private final StringWriter out = new StringWriter();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ByteArrayOutputStream replies = new ByteArrayOutputStream();

  /** The exit code. */
  int run(String... words) {
    return Gearman.create(
            this::start, environment::get, new Stdio(in, stdout == null ? replies : stdout, err))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true, UTF_8))
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
    return err.toString(UTF_8).lines().toList();
  }
}
