// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Keeps web pages out. A browser on this machine gets to the loopback for any page that it shows:
 * by a form, by a script, or under a name of the page's own that leads here (DNS rebinding).
 */
final class Guard {

  private Guard() {}

  /** Refuses names that somebody else may own, where only this machine is to get in. */
  static void checkHost(HttpServerRequest request) {
    List<String> hosts = request.requestHeaders().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1) {
      throw new Problem(HttpResponseStatus.BAD_REQUEST, "There is more than one Host header");
    }
    if (!hosts.isEmpty() && listensOnLoopback(request) && !isLoopback(hosts.get(0))) {
      throw new Problem(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "This listens on the loopback, and is called localhost or by its address, not \"%s\""
              .formatted(hosts.get(0)));
    }
  }

  /** The address that the port is bound to, not the one that a connection came to. */
  private static boolean listensOnLoopback(HttpServerRequest request) {
    return Endpoint.channel(request).parent().localAddress() instanceof InetSocketAddress bound
        && bound.getAddress().isLoopbackAddress();
  }

  static boolean isLoopback(String host) {
    String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("[::1]")
        || (name.startsWith("127.") && NetUtil.isValidIpV4Address(name));
  }

  /** Browsers name the page that a POST comes from, whatever page it is; nobody else does. */
  static void refuseBrowsers(HttpServerRequest request) {
    String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
    if (origin != null) {
      throw new Problem(
          HttpResponseStatus.FORBIDDEN,
          "Jobs are not taken from web pages, and this one comes from \"%s\" (Origin header)"
              .formatted(origin));
    }
  }

  /**
   * What browsers are to make of answers: nothing but the live page, and of that no more than is
   * there.
   */
  static void secure(HttpServerResponse response) {
    HttpHeaders headers = response.responseHeaders();
    headers.set("Cache-Control", "no-store");
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
  }
}
