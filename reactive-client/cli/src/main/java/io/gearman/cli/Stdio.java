// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Standard input, output and error for bytes. No output is buffered, and what cannot be written is
 * an exception, which {@code System.out} keeps to itself.
 */
record Stdio(InputStream in, OutputStream out, OutputStream err) {

  private static final int PIECE = 64 << 10;
  private static final int BROKEN_PIPE = 141; // what a process exits with that SIGPIPE ends

  static Stdio ofProcess() {
    return new Stdio(
        new BufferedInputStream(new FileInputStream(FileDescriptor.in)), // which would seek in it
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err));
  }

  /** Writes all of these in pieces: the JVM copies whatever is written at once. */
  static void write(OutputStream out, byte[] bytes) throws IOException {
    for (int from = 0; from < bytes.length; from += PIECE) {
      out.write(bytes, from, Math.min(PIECE, bytes.length - from));
    }
  }

  /**
   * What a process is to exit with that could not write: without a word if its reader has had
   * enough.
   *
   * @throws CommandException if it is for any other reason
   */
  static int exitCode(IOException problem) {
    if (String.valueOf(problem.getMessage()).contains("Broken pipe")) {
      return BROKEN_PIPE;
    }
    throw new CommandException("the output cannot be written", problem);
  }
}
