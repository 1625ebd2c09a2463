// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledIfGearmand
class GearmandOptionsContractTest implements OptionsContract {

  @RegisterExtension
  final RunningServer server =
      RunningServer.gearmand("--job-retries=2", "--worker-wakeup=1", "--exceptions");

  @Override
  public RunningServer server() {
    return server;
  }
}
