// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with the process id, for the time that the process runs. */
final class PidFile {

  private final Path path;
  private final String content = ProcessHandle.current().pid() + "\n";

  private PidFile(Path path) {
    this.path = path;
  }

  /** Replaces whatever has this name, at once: whoever waits for the file reads all of it. */
  static PidFile write(Path path) {
    PidFile file = new PidFile(path);
    Path draft = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try {
        Files.writeString(draft, file.content);
        Files.move(draft, path, REPLACE_EXISTING, ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      return file;
    } catch (IOException e) {
      throw new CommandException("cannot write the pid file " + path, e);
    }
  }

  /** As {@link #write}; it is removed when the process ends, be it by a signal. */
  static void writeUntilExit(Path path) {
    PidFile file = write(path);
    Runtime.getRuntime().addShutdownHook(new Thread(file::removeQuietly, "remove pid file"));
  }

  private void removeQuietly() {
    try {
      remove();
    } catch (IOException e) {
      // nobody is left to be told
    }
  }

  /** Removes the file unless another process has taken the name meanwhile. */
  void remove() throws IOException {
    if (Files.exists(path) && Files.readString(path).equals(content)) {
      Files.delete(path);
    }
  }
}
