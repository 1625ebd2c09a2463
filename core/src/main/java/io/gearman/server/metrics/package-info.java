// SPDX-License-Identifier: Apache-2.0
/**
 * The job server in the terms of Micrometer, which is an optional dependency: nothing outside this
 * package refers to it. {@link io.gearman.server.metrics.JobServerMetrics} is the only entry.
 */
@NullMarked
package io.gearman.server.metrics;

import org.jspecify.annotations.NullMarked;
