// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandManyServersContractTest extends ManyServersContract {

  @RegisterExtension final RunningServer first = RunningServer.gearmand();
  @RegisterExtension final RunningServer second = RunningServer.gearmand();

  @Override
  RunningServer first() {
    return first;
  }

  @Override
  RunningServer second() {
    return second;
  }
}
