// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

/**
 * An analysis is open and waits for its log. The first event of a page's stream.
 *
 * @param id its name in the addresses to which the log and the throttle are sent
 * @param linesPerChunk after how many lines the workers of this application say what they have
 * @param blocksInFlight how many blocks are jobs at once
 */
record Ready(String id, int linesPerChunk, int blocksInFlight) {}
