// SPDX-License-Identifier: Apache-2.0
/**
 * The embeddable job server. {@link io.gearman.server.JobServer} is the only entry; behind it a
 * broker holds all queues, jobs and peers as a plain state machine on one event loop: packets in,
 * packets out.
 */
@NullMarked
package io.gearman.server;

import org.jspecify.annotations.NullMarked;
