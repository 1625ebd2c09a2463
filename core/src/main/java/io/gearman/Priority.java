// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/**
 * How a queued job stands against the other jobs a worker could take. The order of the constants is
 * the order of service; their ordinals are the numbers that gearmand keeps in its persistent
 * queues.
 */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
