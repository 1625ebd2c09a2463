// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import picocli.CommandLine;

/** Our worker as {@code gearman work} runs it, but for signals, in this process. */
final class Working implements AutoCloseable {

  private static final int TIMEOUT_SECONDS = 20;

  private final WorkRun run;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  private Working(OutputStream to, List<String> words) {
    this(to, words, run -> {});
  }

  private Working(OutputStream to, List<String> words, Consumer<WorkRun> before) {
    WorkOptions options = new WorkOptions();
    new CommandLine(options)
        .setOverwrittenOptionsAllowed(true)
        .parseArgs(words.toArray(String[]::new));
    WorkSetup setup =
        WorkSetup.of(
            options,
            name -> name.equals("PATH") ? System.getenv(name) : null,
            StandardCharsets.UTF_8);
    OutputStream stdout = to == null ? out : to;
    run = new WorkRun(setup, new Stdio(InputStream.nullInputStream(), stdout, stdout));
    before.accept(run);
    Thread thread = new Thread(this::work, "work");
    thread.setDaemon(true);
    thread.start();
  }

  static Working start(int port, String... words) {
    return new Working(null, at(port, words));
  }

  /** A signal comes before it has begun. */
  static Working startStopped(int port, String... words) {
    return new Working(null, at(port, words), WorkRun::stop);
  }

  /** With servers that its words name. */
  static Working startWith(String... words) {
    return new Working(null, List.of(words));
  }

  private static List<String> at(int port, String... words) {
    List<String> all = new ArrayList<>(List.of("-h", "127.0.0.1", "-p", Integer.toString(port)));
    all.addAll(List.of(words));
    return all;
  }

  /** With another standard output. */
  static Working startInto(OutputStream out, int port, String... words) {
    return new Working(out, at(port, words));
  }

  private void work() {
    try {
      exitCode.complete(run.work());
    } catch (Throwable thrown) {
      exitCode.completeExceptionally(thrown);
    }
  }

  /** As a signal does. */
  void stop() {
    run.stop();
  }

  boolean isDone() {
    return exitCode.isDone();
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException, ExecutionException, TimeoutException {
    return exitCode.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /** What it wrote, one byte per character. */
  String out() {
    return out.toString(ISO_8859_1);
  }

  /** Ends it at once. */
  @Override
  public void close() {
    stop();
    stop();
    exitCode.handle((code, thrown) -> code).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }
}
