// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

/**
 * Which server of a list a job goes to, of those that are ready. A server that is down is passed
 * over; one that is connected to for the first time, or again after a loss, is waited for first, as
 * long as {@link GearmanClient.Builder#preference} says.
 */
public enum ServerSelection {
  /** The first of the list that is ready: the others are there for when it is not. */
  FIRST_AVAILABLE,
  /** One after the other. */
  ROUND_ROBIN,
  /**
   * By unique id, so that equal ids meet on one server and their jobs are joined, whichever client
   * submits them and in whatever order it has its list. Each server has its places on a ring, and a
   * job goes to the next place after the hash of its id: when a server is down its ids move on to
   * different others, and no other ids move. Jobs without a unique id go round robin.
   */
  RING
}
