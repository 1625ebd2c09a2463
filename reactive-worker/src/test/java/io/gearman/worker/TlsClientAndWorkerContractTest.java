// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** By TLS, both sides with certificates. */
class TlsClientAndWorkerContractTest extends ClientAndWorkerContract {

  @RegisterExtension final RunningServer server = RunningServer.embeddedWithTls();

  @Override
  RunningServer server() {
    return server;
  }
}
