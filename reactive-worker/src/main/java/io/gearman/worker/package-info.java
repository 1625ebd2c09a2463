// SPDX-License-Identifier: Apache-2.0
/**
 * Runs jobs: {@link io.gearman.worker.GearmanWorker} grabs them against free slots and sends what
 * the publishers of its {@link io.gearman.worker.JobFunction}s emit.
 */
@NullMarked
package io.gearman.worker;

import org.jspecify.annotations.NullMarked;
