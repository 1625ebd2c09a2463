// SPDX-License-Identifier: Apache-2.0
/**
 * The test kit of all modules, published as the test-jar of core: a plain socket peer, a real
 * gearmand, and the safety nets. The nets need no code: with the test-jar on the class path every
 * test class is checked for leaked buffers, and tests run in random order.
 */
@NullMarked
package io.gearman.testkit;

import org.jspecify.annotations.NullMarked;
