// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary that client, worker and server share: handles, priorities, the events of a job and
 * the errors it can end with. Nothing here knows how bytes travel.
 */
@NullMarked
package io.gearman;

import org.jspecify.annotations.NullMarked;
