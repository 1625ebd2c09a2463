// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what the job server keeps to itself. */
@NullMarked
package io.gearman.server;

import org.jspecify.annotations.NullMarked;
