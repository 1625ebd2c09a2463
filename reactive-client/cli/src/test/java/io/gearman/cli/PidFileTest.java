// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

  @TempDir private Path folder;

  @Test
  void replacesWhatIsThereAndIsRemoved() throws Exception {
    Path path = Files.writeString(folder.resolve("pid"), "1234567 of somebody else\n");

    PidFile file = PidFile.write(path);
    assertThat(path).hasContent(ProcessHandle.current().pid() + "\n");
    assertThat(Files.size(path)).isEqualTo((ProcessHandle.current().pid() + "\n").length());

    file.remove();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void leavesTheFileOfASuccessor() throws Exception {
    Path path = folder.resolve("pid");
    PidFile file = PidFile.write(path);
    Files.writeString(path, "1\n");

    file.remove();

    assertThat(path).hasContent("1\n");
  }

  @Test
  void removingWhatIsGoneIsNoFailure() throws Exception {
    PidFile file = PidFile.write(folder.resolve("pid"));
    Files.delete(folder.resolve("pid"));

    file.remove();
  }

  @Test
  void leavesNoDraftWhereItCannotTakeTheName() throws Exception {
    Path path = Files.createDirectories(folder.resolve("pid/inner")).getParent();

    assertThatThrownBy(() -> PidFile.write(path))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("cannot write the pid file " + path + ": ")
        .hasMessageNotContaining("Exception");
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  void saysWhyItCannotBeWritten() {
    assertThatThrownBy(() -> PidFile.write(folder.resolve("missing/pid")))
        .isInstanceOf(CommandException.class)
        .hasMessage("cannot write the pid file %s/missing/pid: No such file or directory", folder);
  }
}
