// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A command cannot go on. The message is the one line that its user reads. */
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  /** The message, and the reason that somebody else gave. */
  CommandException(String message, Throwable reason) {
    super(message + ": " + reason(reason), reason);
  }

  /** What the innermost cause says; those of files name the file instead of the reason. */
  static String reason(Throwable problem) {
    if (problem.getCause() != null) {
      return reason(problem.getCause());
    }
    if (problem instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (problem instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (problem instanceof DirectoryNotEmptyException) {
      return "Directory not empty";
    }
    String message =
        problem instanceof FileSystemException file ? file.getReason() : problem.getMessage();
    if (message != null && problem instanceof FileNotFoundException) {
      return message.replaceFirst("^.* \\((.*)\\)$", "$1"); // the name is said already
    }
    return message == null
        ? problem.getClass().getSimpleName()
        : message.replaceFirst("^\\w+\\(\\.\\.\\) failed.*?: ", ""); // Netty names the system call
  }
}
