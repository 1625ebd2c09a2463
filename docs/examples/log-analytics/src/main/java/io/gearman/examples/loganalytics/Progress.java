// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

/**
 * How far an analysis has come, in bytes of the request's body.
 *
 * @param done bytes counted
 * @param total the length of the body if it was announced, else what has been read of it so far
 */
record Progress(long done, long total) {}
