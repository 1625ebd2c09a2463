// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

/** Where nobody wants to know. */
enum NoObserver implements JobObserver {
  INSTANCE
}
