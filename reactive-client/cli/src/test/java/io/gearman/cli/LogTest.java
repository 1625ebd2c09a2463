// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogTest {

  private static final Logger ours = LoggerFactory.getLogger("io.gearman.some");
  private static final Logger theirs = LoggerFactory.getLogger("io.netty.some");

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Log.start(new LogTarget.Stderr(), Verbosity.ERROR);
  }

  private Path start(Verbosity verbosity) {
    Path file = folder.resolve("log");
    Log.start(new LogTarget.ToFile(file), verbosity);
    return file;
  }

  @Test
  void linesLookLikeThoseOfGearmand() {
    Path file = start(Verbosity.ERROR);

    ours.error("Something {}", "happened");

    assertThat(file)
        .content()
        .matches(
            "  ERROR \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} \\[.+] Something happened"
                + " -> io\\.gearman\\.some\\R");
  }

  @Test
  void whatIsLessGraveIsLeftOut() {
    Path file = start(Verbosity.WARNING);

    ours.info("info");
    ours.warn("warning");

    assertThat(file).content().contains("warning").doesNotContain("info");
  }

  @Test
  void thatAServerIsOpenToAllIsToldByDefault() {
    Logger exposed = LoggerFactory.getLogger("io.gearman.server.JobServer.exposed");
    Path file = start(Verbosity.ERROR);
    exposed.warn("open to all");
    ours.warn("else");

    start(Verbosity.CRITICAL);
    exposed.warn("silenced");

    assertThat(file).content().contains("open to all").doesNotContain("else", "silenced");
  }

  @Test
  void librariesOnlyWarn() {
    Path file = start(Verbosity.DEBUG);

    ours.debug("ours");
    theirs.info("theirs");
    theirs.warn("beware");

    assertThat(file).content().contains("ours", "beware").doesNotContain("theirs");
  }

  @Test
  void aRenamedFileIsLeftWhenTheLogIsOpenedAgain() throws Exception {
    Path file = start(Verbosity.ERROR);
    ours.error("before");
    Path rotated = Files.move(file, folder.resolve("log.1"));
    ours.error("between");

    Log.reopen();
    ours.error("after");

    assertThat(rotated).content().contains("before", "between").doesNotContain("after");
    assertThat(file).content().contains("after").doesNotContain("between");
  }

  @Test
  void anExistingFileIsContinued() throws Exception {
    Files.writeString(folder.resolve("log"), "yesterday\n");

    ours.error("lost");
    Path file = start(Verbosity.ERROR);
    ours.error("today");

    assertThat(file).content().startsWith("yesterday\n").contains("today").doesNotContain("lost");
  }

  /** gearmand would create files of these names (SE-24). */
  @Test
  void whatIsNoFileIsNotOpened() throws Exception {
    for (String word : new String[] {"stderr", "none"}) {
      Log.start(LogTarget.of(word), Verbosity.ERROR);
      Log.reopen();
      assertThat(Path.of(word)).doesNotExist();
    }
  }

  @Test
  void whatCannotBeOpenedAgainStaysInUse() throws Exception {
    Path file = start(Verbosity.ERROR);
    Path rotated = Files.move(file, folder.resolve("log.1"));
    Files.createDirectory(file);

    assertThatThrownBy(Log::reopen).hasMessageContaining("it is a directory");
    ours.error("after");

    assertThat(rotated).content().contains("after");
  }

  @Test
  @Timeout(10)
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsRefusedRatherThanAwaited() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> Log.start(new LogTarget.ToFile(pipe), Verbosity.ERROR))
        .hasMessage("cannot open the log file %s: it is not a regular file", pipe);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void devicesAreOpened() {
    Log.start(new LogTarget.ToFile(Path.of("/dev/null")), Verbosity.ERROR);

    ours.error("unseen");

    assertThat(FileProblem.ofAppending(Path.of("/dev/stdout"))).isNull();
  }

  @Test
  void saysWhyTheFileCannotBeOpened() {
    assertThatThrownBy(
            () -> Log.start(new LogTarget.ToFile(folder.resolve("no/log")), Verbosity.ERROR))
        .hasMessage("cannot open the log file %s/no/log: no such directory", folder);
  }
}
