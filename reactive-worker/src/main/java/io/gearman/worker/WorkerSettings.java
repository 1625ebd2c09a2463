// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the builder of a worker has been told; it says what each of these is. */
record WorkerSettings(
    List<ServerAddress> servers,
    ConnectionSettings connection,
    String clientId,
    String namespace,
    int concurrency,
    Duration timeout,
    Duration safetyGrab,
    Map<String, Function> functions) {

  /** A function and what holds for it. */
  record Function(JobFunction function, FunctionSettings settings) {}
}
