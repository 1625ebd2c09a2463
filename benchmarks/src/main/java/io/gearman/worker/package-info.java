// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what the worker keeps to itself. */
@NullMarked
package io.gearman.worker;

import org.jspecify.annotations.NullMarked;
