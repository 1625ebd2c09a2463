// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** How a run of a client ended and what it wrote, one byte per character. */
record Ran(int exitCode, String out, String err) {

  private static final int TIMEOUT_SECONDS = 20;

  /** Runs our client in this process. */
  static Ran submit(int port, String input, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Stdio stdio = new Stdio(new ByteArrayInputStream(input.getBytes(ISO_8859_1)), out, err);
    int exitCode =
        Gearman.create(setup -> 0, name -> null, stdio)
            .setErr(new PrintWriter(err, true, ISO_8859_1))
            .execute(words(List.of("submit"), port, words));
    return new Ran(exitCode, out.toString(ISO_8859_1), err.toString(ISO_8859_1));
  }

  /** Runs Debian's client. */
  static Ran gearman(int port, String input, String... words) {
    try {
      Process process = start(port, words);
      CompletableFuture<String> out = read(process.getInputStream()::readAllBytes);
      CompletableFuture<String> err = read(process.getErrorStream()::readAllBytes);
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(ISO_8859_1));
      } catch (IOException e) {
        // it does not read its input, or no more
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new Ran(process.waitFor(), out.join(), err.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Starts Debian's client or worker. */
  static Process start(int port, String... words) {
    ProcessBuilder builder =
        new ProcessBuilder(words(List.of("gearman"), port, words)).redirectErrorStream(false);
    builder.environment().keySet().removeIf(name -> name.startsWith("GEARMAN"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] words(List<String> program, int port, String... words) {
    List<String> all = new ArrayList<>(program);
    all.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port)));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  private interface Source {
    byte[] bytes() throws IOException;
  }

  private static CompletableFuture<String> read(Source source) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new String(source.bytes(), ISO_8859_1);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Handles are of each job. */
  Ran withoutHandles() {
    return new Ran(exitCode, out.replaceAll("Task created: \\S+", "Task created: H"), err);
  }
}
