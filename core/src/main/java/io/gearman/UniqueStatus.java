// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * What a job server knows at one moment of the job that has a unique id (STATUS_RES_UNIQUE).
 *
 * @param job how it stands
 * @param waiting submissions that wait for its end, 0 for a job that runs in the background only
 */
public record UniqueStatus(JobStatus job, long waiting) {}
