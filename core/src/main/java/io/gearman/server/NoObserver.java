// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;

/** Where nobody wants to know. */
enum NoObserver implements JobObserver {
  INSTANCE;

  @Override
  public void started(String function, Priority priority, long nanos) {}

  @Override
  public void ended(String function, Priority priority, Outcome outcome, long nanos) {}
}
