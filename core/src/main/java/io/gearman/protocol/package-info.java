// SPDX-License-Identifier: Apache-2.0
/**
 * The Gearman protocol: the table of packet types, packets as values, and the way between packets
 * and bytes. Nothing here knows what a packet means.
 */
@NullMarked
package io.gearman.protocol;

import org.jspecify.annotations.NullMarked;
