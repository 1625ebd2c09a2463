// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** What is known of a job only while a worker has it, so that it takes no memory in the queue. */
final class Run {

  @Nullable Disposable timeout;
  long numerator;
  long denominator;
  long credit = 1; // data that an owner with flow may still send, the first in any case
  boolean dataSent;
}
