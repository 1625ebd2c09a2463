// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * The ports of a server.
 *
 * @param admin that of the administrators, if they have one of their own
 */
record Listeners(DisposableServer main, @Nullable DisposableServer admin) {

  /** A name of its own, so that it can be told apart from what a running server has to say. */
  private static final Logger log = LoggerFactory.getLogger(JobServer.class.getName() + ".exposed");

  /** Opens both ports or none; the main one last, since who finds it expects a server. */
  static Mono<Listeners> bind(TcpServer main, @Nullable TcpServer admin) {
    Mono<Listeners> bound =
        admin == null
            ? main.bind().map(listener -> new Listeners(listener, null))
            : admin.bind().flatMap(first -> bind(main, first));
    return bound.doOnNext(listeners -> listeners.warnIfExposed(main.configuration().isSecure()));
  }

  private static Mono<Listeners> bind(TcpServer main, DisposableServer admin) {
    return main.bind()
        .map(listener -> new Listeners(listener, admin))
        .doOnCancel(admin::dispose)
        .onErrorResume(
            failure -> {
              admin.dispose();
              return admin.onDispose().then(Mono.error(failure));
            });
  }

  /** Administrators may go on looking while the work ends. */
  void closeMain() {
    main.dispose();
  }

  void close() {
    main.dispose();
    if (admin != null) {
      admin.dispose();
    }
  }

  private void warnIfExposed(boolean secure) {
    String exposed =
        Stream.of(main, admin)
            .filter(Objects::nonNull)
            .flatMap(listener -> reachable(listener.address()).stream())
            .collect(Collectors.joining(" and "));
    if (!secure && !exposed.isEmpty()) {
      log.warn(
          "Listening beyond this machine, on {}, without TLS: whoever gets there can submit jobs,"
              + " take and read those of others, and administer the server",
          exposed);
    }
  }

  private static Optional<String> reachable(SocketAddress address) {
    return address instanceof InetSocketAddress inet && !inet.getAddress().isLoopbackAddress()
        ? Optional.of(NetUtil.toSocketAddressString(inet))
        : Optional.empty();
  }
}
