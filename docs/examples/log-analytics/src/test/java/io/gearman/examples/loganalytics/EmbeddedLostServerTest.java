// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.util.Objects.requireNonNull;

import io.gearman.server.JobServer;
import reactor.netty.DisposableServer;

/** With servers of ours, whose connections are cut. */
class EmbeddedLostServerTest extends LostServerContract {

  @Override
  Server startServer() {
    DisposableServer bound = requireNonNull(JobServer.create().port(0).bind().block());
    return new Server() {
      @Override
      public String address() {
        return "127.0.0.1:" + bound.port();
      }

      @Override
      public void kill() {
        bound.disposeNow();
      }

      @Override
      public void close() {
        bound.disposeNow();
      }
    };
  }
}
