// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** By TLS, both sides with certificates. */
class TlsAdminContractTest implements AdminContract {

  @RegisterExtension final RunningServer server = RunningServer.embeddedWithTls();

  @Override
  public RunningServer server() {
    return server;
  }
}
