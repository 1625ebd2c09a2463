// SPDX-License-Identifier: Apache-2.0
/** What runs per packet and per job, timed by JMH. */
@NullMarked
package io.gearman.benchmarks;

import org.jspecify.annotations.NullMarked;
