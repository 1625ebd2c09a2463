// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/**
 * What a connection may be: any number of these, and all three unless it is told otherwise. What
 * none of its roles allows is answered with the error {@code NOT_ALLOWED} and changes nothing. Then
 * the connection of a worker is closed, and any other stays open. An echo, an option and a client
 * id are anybody's.
 */
public enum Role {
  /** Submits jobs, asks for their state, and says how much of their data it takes. */
  CLIENT,

  /** Registers functions, takes jobs, and sends what comes of them. */
  WORKER,

  /** Sends commands of the text protocol. */
  ADMIN
}
