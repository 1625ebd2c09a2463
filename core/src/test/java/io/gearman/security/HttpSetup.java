// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;

/** How the HTTP port is set up: the columns of the second table in docs/operations/security.md. */
public enum HttpSetup {
  /** The loopback address, with everything that there is. */
  HTTP_LOOPBACK,
  /** All addresses, to read from. */
  HTTP_OPEN,
  /** All addresses, for jobs as well. */
  HTTP_OPEN_WITH_JOBS;

  /** With room for few, so that it is soon taken. */
  HttpListener listener(JobServer.Bound server) {
    HttpListener listener = HttpListener.create(server).port(0).maxConnections(4);
    return switch (this) {
      case HTTP_LOOPBACK -> listener.jobs(true);
      case HTTP_OPEN -> listener.host("0.0.0.0");
      case HTTP_OPEN_WITH_JOBS -> listener.host("0.0.0.0").jobs(true);
    };
  }
}
