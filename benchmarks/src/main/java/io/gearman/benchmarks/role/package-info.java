// SPDX-License-Identifier: Apache-2.0
/**
 * Servers, clients and workers that the load harness starts as processes of their own. Arguments
 * have the form key=value; a client is told by its input what to do, and all end with it.
 */
@NullMarked
package io.gearman.benchmarks.role;

import org.jspecify.annotations.NullMarked;
