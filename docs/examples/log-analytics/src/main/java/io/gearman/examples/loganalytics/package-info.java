// SPDX-License-Identifier: Apache-2.0
/**
 * The demo: map/reduce over an access log. The body of {@code POST /analyses} is cut into blocks of
 * whole lines as it streams in, each block is counted by a Gearman job, and what the jobs report is
 * merged as it arrives and streamed back as server-sent events.
 */
@NullMarked
package io.gearman.examples.loganalytics;

import org.jspecify.annotations.NullMarked;
