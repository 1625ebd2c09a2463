// SPDX-License-Identifier: Apache-2.0
/**
 * Submits jobs: {@link io.gearman.client.GearmanClient} turns a job into a {@code Mono} of its
 * result or a {@code Flux} of its events.
 */
@NullMarked
package io.gearman.client;

import org.jspecify.annotations.NullMarked;
