// SPDX-License-Identifier: Apache-2.0
/** How the cost of a job grows with what else a server has to know; in processes of their own. */
@NullMarked
package io.gearman.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
