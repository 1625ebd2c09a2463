// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import java.time.Duration;

/** The program that docs/http.md shows. */
final class EmbeddedHttp {

  private EmbeddedHttp() {}

  public static void main(String[] args) {
    var server = JobServer.create().port(0).bind().block();
    var http = HttpListener.create(server).port(0).jobs(true).bind().block();
    System.out.println("Look at http://127.0.0.1:" + http.port() + "/");

    server.drain(Duration.ofSeconds(30)).then(http.onDispose()).block(); // it ends with the server
  }
}
