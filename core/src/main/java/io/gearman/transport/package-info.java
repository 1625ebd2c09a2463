// SPDX-License-Identifier: Apache-2.0
/**
 * Connections that carry packets: where a server is, how to reach it, and the seam between a
 * session and its socket. A session never sees Netty's pipeline, so that tests can put a scripted
 * peer in its place.
 */
@NullMarked
package io.gearman.transport;

import org.jspecify.annotations.NullMarked;
