// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/** How a server ends: what the text command {@code shutdown} brings about. */
interface Lifecycle {

  /** Ends at once. */
  void shutDown();

  /** Ends when no job is left. */
  void shutDownGracefully();
}
