// SPDX-License-Identifier: Apache-2.0
/**
 * A client of the administrative text protocol: what a job server holds and who is connected to it,
 * and the few things that an operator may change.
 */
@NullMarked
package io.gearman.admin;

import org.jspecify.annotations.NullMarked;
