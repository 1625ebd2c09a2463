// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/** Where nobody asks a server to end. */
final class NeverShutDown implements Lifecycle {

  @Override
  public void shutDown() {
    throw new AssertionError("The server is to end");
  }

  @Override
  public void shutDownGracefully() {
    throw new AssertionError("The server is to end");
  }
}
