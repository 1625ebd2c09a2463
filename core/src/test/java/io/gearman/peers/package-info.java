// SPDX-License-Identifier: Apache-2.0
/**
 * Gearman clients and workers that others wrote, each run by a small script of ours ({@code
 * src/test/resources/peers}), in any mix, on our server and on a real gearmand.
 */
@NullMarked
package io.gearman.peers;

import org.jspecify.annotations.NullMarked;
