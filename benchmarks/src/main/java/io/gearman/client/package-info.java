// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what the client keeps to itself. */
@NullMarked
package io.gearman.client;

import org.jspecify.annotations.NullMarked;
