// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import io.nats.client.Connection;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;

/** Request and reply over NATS. */
public final class Nats {

  private Nats() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Settings settings = new Settings(args);
    Connection connection =
        io.nats.client.Nats.connect(
            Options.builder()
                .server("nats://%s:%d".formatted(Settings.HOST, settings.port()))
                .build());
    if (settings.text("role").equals("worker")) {
      work(settings, connection);
    } else {
      call(settings, connection);
    }
  }

  private static void work(Settings settings, Connection connection)
      throws IOException, InterruptedException {
    byte[] result = settings.result();
    connection
        .createDispatcher(request -> connection.publish(request.getReplyTo(), result))
        .subscribe(Settings.FUNCTION);
    flush(connection);
    Ours.serveUntilEndOfInput();
  }

  private static void flush(Connection connection) throws InterruptedException {
    try {
      connection.flush(Duration.ofSeconds(5));
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("NATS does not answer", e);
    }
  }

  private static void call(Settings settings, Connection connection) throws IOException {
    byte[] payload = settings.payload();
    Client.serve(
        settings,
        outcome ->
            connection
                .request(Settings.FUNCTION, payload)
                .whenComplete(
                    (answer, error) -> {
                      if (error == null) {
                        outcome.done(answer.getData().length);
                      } else {
                        outcome.failed(error);
                      }
                    }));
  }
}
