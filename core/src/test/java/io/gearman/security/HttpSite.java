// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.server.JobServer;
import io.gearman.testkit.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.netty.DisposableServer;

/** A server with an HTTP port; who is where is as in {@link Site}. */
final class HttpSite implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";
  private static final int MANY = 10; // more than the listener takes connections
  private static final String PAGE = "Origin: http://stranger.example\r\n";

  private final JobServer.Bound server;
  private final DisposableServer http;

  HttpSite(HttpSetup setup) {
    server = JobServer.create().port(0).bind().block(BOUND);
    http = setup.listener(server).bind().block(BOUND);
  }

  @Override
  public void close() {
    http.disposeNow(BOUND);
    server.disposeNow(BOUND);
  }

  boolean isRead() {
    return get(ELSEWHERE, ELSEWHERE);
  }

  boolean runsJobs() {
    return post(ELSEWHERE, "");
  }

  /** By a form or a script, which any page may have. */
  boolean runsJobsOfPages() {
    return post(HERE, PAGE);
  }

  /** Under a name whose address its owner has changed to the loopback's. */
  boolean isReadByPages() {
    return get(HERE, "stranger.example");
  }

  /** So that nobody else is answered any more, probes of health included. */
  boolean isCrowded() {
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        crowd.add(new Socket(ELSEWHERE, http.port()));
      }
      return !get(HERE, HERE);
    } catch (IOException notReached) {
      return false;
    } finally {
      crowd.forEach(HttpSite::close);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean get(String address, String host) {
    return succeeds(address, "GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private boolean post(String address, String header) {
    return succeeds(
        address,
        "POST /jobs/f HTTP/1.1\r\nHost: %s\r\nX-Gearman-Background: true\r\n%sContent-Length: 0\r\n\r\n"
            .formatted(address, header));
  }

  private boolean succeeds(String address, String request) {
    try (WireClient client = WireClient.connect(address, http.port())) {
      return client.sendBytes(request.getBytes(US_ASCII)).receiveLine().startsWith("HTTP/1.1 2");
    } catch (UncheckedIOException | AssertionError closed) {
      return false;
    }
  }
}
