// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/**
 * One submission that waits for a job: it gets one copy of everything the worker sends. A
 * connection that submitted the same unique id twice holds two. The chain it is in is that of its
 * connection.
 */
final class Attachment extends Chain.Node<Attachment> {

  final Peer peer;
  final Job job;

  Attachment(Peer peer, Job job) {
    this.peer = peer;
    this.job = job;
  }
}
