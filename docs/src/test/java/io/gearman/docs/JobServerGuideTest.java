// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The guide to the job server shows what works. */
class JobServerGuideTest {

  @Test
  void itsProgramIsTheOneThatIsCompiledHere() {
    Programs.expectCompiled("EmbeddedServer", Programs.firstOf("docs/job-server.md"));
  }

  @Test
  void itsProgramPrintsWhatItsCommentSays() {
    assertThat(Programs.printedBy(() -> EmbeddedServer.main(new String[0])))
        .contains("FunctionStatus[function=resize, total=0, running=0, workers=0]");
  }
}
