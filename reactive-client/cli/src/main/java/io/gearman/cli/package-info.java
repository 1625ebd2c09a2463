// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@code gearman server}, which takes the options of gearmand, {@code gearman
 * admin}, which takes those of gearadmin, {@code gearman submit} and {@code gearman work}, which
 * take those of gearman. A command first turns its words into values that are known to be good, and
 * only then touches files, sockets or signals.
 */
@NullMarked
package io.gearman.cli;

import org.jspecify.annotations.NullMarked;
