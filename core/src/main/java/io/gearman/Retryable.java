// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * Marks an error after which the same request may succeed:
 *
 * <pre>{@code
 * client.call("resize", image)
 *     .retryWhen(Retry.backoff(3, Duration.ofMillis(100)).filter(Retryable.class::isInstance))
 * }</pre>
 *
 * <p>It says nothing about whether the job has run already: a job that must not run twice needs a
 * unique id or a function that can bear it.
 */
public interface Retryable {}
