// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static io.gearman.transport.TlsSettings.ClientAuthentication.REQUIRED;

import io.gearman.server.JobServer;
import io.gearman.testkit.TestTls;

/** How a server is set up: the columns of the table in docs/operations/security.md. */
public enum Setup {
  /** What a program gets that sets nothing: the loopback address. */
  LOOPBACK,
  /** All addresses, as the command line and gearmand listen; the other columns do so as well. */
  OPEN,
  /** A port of their own for administrators, on the loopback address. */
  ADMIN_PORT,
  /** TLS, by which the server proves who it is. */
  TLS,
  /** TLS, by which clients have to prove who they are as well. */
  CLIENT_CERTIFICATES;

  /** With room for few, so that it is soon taken. */
  JobServer server() {
    JobServer few = JobServer.create().port(0).maxConnections(8).maxQueuedBytes(100_000);
    return switch (this) {
      case LOOPBACK -> few;
      case OPEN -> few.host("0.0.0.0");
      case ADMIN_PORT -> few.host("0.0.0.0").adminPort(0);
      case TLS -> few.host("0.0.0.0").tls(TestTls.server());
      case CLIENT_CERTIFICATES ->
          few.host("0.0.0.0").tls(TestTls.server().withClientAuthentication(REQUIRED));
    };
  }

  boolean hasTls() {
    return this == TLS || this == CLIENT_CERTIFICATES;
  }
}
