// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.recovery.ResilientFileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Appends to a file. A {@link FileAppender} would keep to itself why it cannot open it, and creates
 * folders; like that one this goes on after a failure, such as a full disk, as soon as it can.
 */
final class LogFile extends OutputStreamAppender<ILoggingEvent> {

  private final Path path;

  LogFile(Path path) {
    this.path = path;
  }

  /** Opens what has the name by now; if that fails, what is open stays so. */
  void open() throws IOException {
    String problem = FileProblem.ofAppending(path);
    if (problem != null) {
      throw new FileSystemException(path.toString(), null, problem);
    }
    setOutputStream(end());
  }

  private OutputStream end() throws IOException {
    ResilientFileOutputStream end =
        new ResilientFileOutputStream(path.toFile(), true, FileAppender.DEFAULT_BUFFER_SIZE);
    end.setContext(getContext());
    return end;
  }
}
