// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * What a job server knows of a job at one moment (STATUS_RES).
 *
 * @param known false if the job has ended or never existed: Gearman cannot tell these apart
 * @param running true while a worker holds the job
 * @param done numerator of the progress that the worker last reported, 0 if none
 * @param total denominator of that progress, 0 if none
 */
public record JobStatus(boolean known, boolean running, long done, long total) {}
