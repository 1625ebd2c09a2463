// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * An event that a worker may send: {@link JobEvent.Data}, {@link JobEvent.Warning}, {@link
 * JobEvent.Status} and, at most once and last, {@link JobEvent.Completed}.
 */
public sealed interface JobUpdate extends JobEvent
    permits JobEvent.Data, JobEvent.Warning, JobEvent.Status, JobEvent.Completed {}
