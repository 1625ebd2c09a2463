// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.transport.ConnectionSettings;
import java.time.Duration;

/** What the builder of a client has been told; it says what each of these is. */
record ClientSettings(
    ConnectionSettings connection,
    String clientId,
    String namespace,
    ServerSelection selection,
    Duration preference,
    Duration connectLimit,
    Duration acceptLimit,
    int maxJobs,
    int bufferLimit,
    int window,
    int streamConnections) {}
