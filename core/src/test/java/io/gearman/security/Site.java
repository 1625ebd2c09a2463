// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.server.JobServer;
import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * A server, members that it is there for, and a stranger. Members reach it at 127.0.0.1; the
 * stranger at another address of the machine, as from another machine: nothing that is bound to
 * 127.0.0.1 alone can be reached there.
 */
final class Site implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";
  private static final String SECRET = "the secret of a member";
  private static final int MANY = 20; // more than the server takes connections

  private final Setup setup;
  private final JobServer.Bound server;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Site(Setup setup, Deed deed) {
    this.setup = setup;
    JobServer limited =
        deed == Deed.TAKE_ALL_CONNECTIONS_FROM_ONE_ADDRESS_THAT_IS_LIMITED
            ? setup.server().maxConnectionsPerAddress(2)
            : setup.server();
    this.server = limited.bind().block(BOUND);
    opened(server::disposeNow);
  }

  private <T extends AutoCloseable> T opened(T closeable) {
    open.push(closeable);
    return closeable;
  }

  @Override
  public void close() {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  // ---- who connects

  private WireClient member() {
    return member(server.port());
  }

  private WireClient member(int port) {
    return opened(
        setup.hasTls()
            ? WireClient.connect(HERE, port, TestTls.sockets(TestTls.client()))
            : WireClient.connect(HERE, port));
  }

  private WireClient stranger() {
    return stranger(server.port());
  }

  private WireClient stranger(int port) {
    return opened(
        setup.hasTls()
            ? WireClient.connect(ELSEWHERE, port, whoeverAnswers())
            : WireClient.connect(ELSEWHERE, port));
  }

  /** TLS of somebody who has no certificate, and believes any. */
  private static SSLContext whoeverAnswers() {
    try {
      return ((JdkSslContext)
              SslContextBuilder.forClient()
                  .trustManager(InsecureTrustManagerFactory.INSTANCE)
                  .endpointIdentificationAlgorithm("")
                  .build())
          .context();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What comes of an attempt; one that ends with the connection has failed. */
  private boolean strangerCan(Predicate<WireClient> attempt) {
    return can(this::stranger, attempt);
  }

  private static boolean can(Supplier<WireClient> connect, Predicate<WireClient> attempt) {
    try {
      return attempt.test(connect.get());
    } catch (RuntimeException | AssertionError closed) {
      return false;
    }
  }

  private static boolean isServed(WireClient client) {
    return client.request(ECHO_REQ, "there?").receive().type() == ECHO_RES;
  }

  private static PacketType submit(WireClient client, String workload) {
    return client.request(SUBMIT_JOB_BG, "f", "", workload).receive().type();
  }

  // ---- what a stranger tries

  boolean isReached() {
    try (Relay relay = new Relay(new InetSocketAddress(ELSEWHERE, server.port()))) {
      return relay.isReached();
    }
  }

  /** What crosses a network anybody on its way can read; what stays on a machine nobody. */
  boolean isOverheard() {
    try (Relay relay = new Relay(new InetSocketAddress(ELSEWHERE, server.port()))) {
      return relay.isReached()
          && submit(member(relay.port()), SECRET) == JOB_CREATED
          && relay.overheard().contains(SECRET);
    }
  }

  boolean takesJobsOfTheStranger() {
    return strangerCan(stranger -> submit(stranger, "") == JOB_CREATED);
  }

  boolean givesJobsToTheStranger() {
    submit(member(), SECRET);
    return strangerCan(
        stranger -> {
          Packet answer = stranger.request(CAN_DO, "f").request(GRAB_JOB).receive();
          return answer.type() == JOB_ASSIGN && answer.text(2).equals(SECRET);
        });
  }

  boolean showsTables() {
    submit(member(), SECRET);
    return strangerCan(stranger -> stranger.command("status").receiveLine().startsWith("f\t"));
  }

  boolean cancelsJobs() {
    String handle = member().request(SUBMIT_JOB_BG, "f", "", SECRET).receive(JOB_CREATED).text(0);
    return strangerCan(
        stranger -> stranger.command("cancel job " + handle).receiveLine().startsWith("OK"));
  }

  boolean stops() {
    strangerCan(stranger -> stranger.command("shutdown").receiveLine().startsWith("OK"));
    return !can(this::member, Site::isServed);
  }

  /** Until members cannot submit any more. */
  boolean isFilledUp() {
    strangerCan(
        stranger -> {
          while (submit(stranger, "x".repeat(1_000)) == JOB_CREATED) {
            // and more
          }
          return true;
        });
    return submit(member(), "x".repeat(1_000)) != JOB_CREATED;
  }

  boolean isCrowded() {
    crowd(server.port());
    return !can(this::member, Site::isServed);
  }

  boolean isCrowdedDespiteALimit() {
    return isCrowded();
  }

  boolean shutsAdministratorsOut() {
    crowd(server.port());
    int port = setup == Setup.ADMIN_PORT ? adminPort() : server.port();
    return !can(
        () -> member(port), member -> member.command("version").receiveLine().startsWith("OK"));
  }

  private int adminPort() {
    return ((InetSocketAddress) server.adminAddress()).getPort();
  }

  private void crowd(int port) {
    for (int i = 0; i < MANY; i++) {
      try {
        opened(new Socket(ELSEWHERE, port, InetAddress.getByName(ELSEWHERE), 0));
      } catch (IOException refused) {
        return;
      }
    }
  }
}
