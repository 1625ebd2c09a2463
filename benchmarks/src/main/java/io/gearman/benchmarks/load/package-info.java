// SPDX-License-Identifier: Apache-2.0
/**
 * The load harness: the same load on our server, client and worker and on their peers, each a
 * process of its own, in one run.
 */
@NullMarked
package io.gearman.benchmarks.load;

import org.jspecify.annotations.NullMarked;
