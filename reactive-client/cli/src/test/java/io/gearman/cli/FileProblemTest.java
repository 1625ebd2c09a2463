// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FileProblemTest {

  @TempDir private Path folder;

  @Test
  void aNewFileNeedsItsFolder() {
    assertThat(FileProblem.ofReplacing(folder.resolve("file"))).isNull();
    assertThat(FileProblem.ofAppending(folder.resolve("file"))).isNull();
    assertThat(FileProblem.ofReplacing(folder.resolve("no/file"))).isEqualTo("no such directory");
    assertThat(FileProblem.ofAppending(folder.resolve("no/file"))).isEqualTo("no such directory");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderIsNoFile() {
    assertThat(FileProblem.ofReplacing(folder)).isEqualTo("it is a directory");
    assertThat(FileProblem.ofAppending(folder)).isEqualTo("it is a directory");
  }

  @Test
  void permissionsCountWhereSomethingIsWritten() throws Exception {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may do everything");
    Path file = Files.createFile(folder.resolve("file"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

    assertThat(FileProblem.ofReplacing(file)).isNull();
    assertThat(FileProblem.ofAppending(file)).isEqualTo("permission denied");

    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertThat(FileProblem.ofReplacing(file)).isEqualTo("permission denied");
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
