// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What would keep a file from being written, found without touching it. */
final class FileProblem {

  /** Open already, whatever they are: nothing waits for a reader of theirs. */
  private static final Set<Path> OPEN = Set.of(Path.of("/dev/stdout"), Path.of("/dev/stderr"));

  private static final int FILE_TYPE = 0xF000; // S_IFMT
  private static final int CHARACTER_DEVICE = 0x2000; // S_IFCHR

  private FileProblem() {}

  /** For a new file that takes the place of what has its name, whatever that is but a folder. */
  static @Nullable String ofReplacing(Path file) {
    if (Files.isDirectory(file)) {
      return "it is a directory";
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "no such directory";
    }
    return Files.isWritable(folder) ? null : "permission denied";
  }

  /** For a file that is continued, or created; to open a pipe would wait for its reader. */
  static @Nullable String ofAppending(Path file) {
    if (!Files.exists(file) || Files.isDirectory(file)) {
      return ofReplacing(file);
    }
    if (!Files.isRegularFile(file) && !isDevice(file)) {
      return "it is not a regular file";
    }
    return Files.isWritable(file) ? null : "permission denied";
  }

  private static boolean isDevice(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    return OPEN.contains(absolute) || (absolute.startsWith("/dev") && isCharacterDevice(absolute));
  }

  private static boolean isCharacterDevice(Path file) {
    try {
      return Files.getAttribute(file, "unix:mode") instanceof Integer mode
          && (mode & FILE_TYPE) == CHARACTER_DEVICE;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
