// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedManyServersContractTest extends ManyServersContract {

  @RegisterExtension final RunningServer first = RunningServer.embedded();
  @RegisterExtension final RunningServer second = RunningServer.embedded();

  @Override
  RunningServer first() {
    return first;
  }

  @Override
  RunningServer second() {
    return second;
  }
}
