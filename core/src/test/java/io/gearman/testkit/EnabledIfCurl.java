// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

/** For tests that run curl. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EnabledIfCurl.Condition.class)
public @interface EnabledIfCurl {

  /** Looks for the program. */
  final class Condition extends InstalledCondition {

    /** Called by JUnit. */
    public Condition() {
      super(
          "curl",
          "package curl",
          () -> PeerProcess.succeeds(Map.of(), List.of("curl", "--version")));
    }
  }
}
