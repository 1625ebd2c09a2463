// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.admin.AdminClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import java.time.Duration;

/** The program that docs/job-server.md shows. */
final class EmbeddedServer {

  private EmbeddedServer() {}

  public static void main(String[] args) {
    var server =
        JobServer.create()
            .port(0)
            .jobRetries(3) // a job whose worker is lost for the third time fails
            .maxQueuedBytes(64 << 20) // of all jobs together; QUEUE_ERROR beyond
            .bind()
            .block();

    var admin = AdminClient.create(new ServerAddress("127.0.0.1", server.port()));
    admin
        .createFunction("resize")
        .then(admin.maxQueue("resize", 1_000)) // jobs of one function; QUEUE_ERROR beyond
        .thenMany(admin.status())
        .doOnNext(
            System.out::println) // FunctionStatus[function=resize, total=0, running=0, workers=0]
        .blockLast();

    server.drain(Duration.ofSeconds(30)).block(); // closes the port, ends when no job is left
  }
}
