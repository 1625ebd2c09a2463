// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.GearmandProcess;

/** With real gearmands. */
@EnabledIfGearmand
class GearmandLostServerTest extends LostServerContract {

  @Override
  Server startServer() {
    GearmandProcess gearmand = GearmandProcess.start();
    return new Server() {
      @Override
      public String address() {
        return gearmand.host() + ':' + gearmand.port();
      }

      @Override
      public void kill() {
        gearmand.kill();
      }

      @Override
      public void close() {
        gearmand.close();
      }
    };
  }
}
