// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

/** What a peer is to the server. */
enum Role {
  CLIENT,
  WORKER
}
