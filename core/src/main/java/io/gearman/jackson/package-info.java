// SPDX-License-Identifier: Apache-2.0
/**
 * Payloads in JSON, by Jackson. An option: whoever uses it adds {@code
 * tools.jackson.core:jackson-databind}.
 */
@NullMarked
package io.gearman.jackson;

import org.jspecify.annotations.NullMarked;
