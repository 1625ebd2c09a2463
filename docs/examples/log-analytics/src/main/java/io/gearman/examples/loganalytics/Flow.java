// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import org.jspecify.annotations.Nullable;

/**
 * What is under way between workers and reducer at one moment, for the page to draw.
 *
 * @param millis since the analysis began
 * @param blocksInFlight jobs that were submitted and whose result was not read yet
 * @param blocksRunning those of them that a worker holds
 * @param produced chunks that workers have made, as far as they have told; at least those read
 * @param read chunks that the reducer has taken
 * @param itemsPerSecond how many of them it may take, null for any number
 */
record Flow(
    long millis,
    int blocksInFlight,
    int blocksRunning,
    long produced,
    long read,
    @Nullable Integer itemsPerSecond) {}
