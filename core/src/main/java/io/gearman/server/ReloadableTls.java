// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.transport.TlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.tcp.SslProvider;

/**
 * The TLS of a server, which may read its files again while it runs. Nothing of what was in force
 * before goes over to new connections, their sessions included, so that nobody comes back by a
 * session whose certificate would no longer do.
 */
final class ReloadableTls extends SslContext {

  private static final Logger log = LoggerFactory.getLogger(JobServer.class);

  private final TlsSettings settings;
  private volatile SslContext current; // read on event loops, replaced on a thread that may block

  /** Reads the files, which blocks; errors are those of {@link TlsSettings#serverContext()}. */
  ReloadableTls(TlsSettings settings) {
    this.settings = settings;
    this.current = settings.serverContext();
  }

  SslProvider provider() {
    return SslProvider.builder()
        .sslContext(this)
        .handshakeTimeout(settings.handshakeTimeout())
        .build();
  }

  /**
   * Logs and counts the failure of a handshake that a new connection may begin with. On its event
   * loop.
   */
  static void watchHandshake(Channel channel, Traffic traffic) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler != null && channel.isOpen()) {
      handler.handshakeFuture().addListener(ended -> handshakeEnded(channel, traffic, ended));
    }
  }

  private static void handshakeEnded(Channel channel, Traffic traffic, Future<?> handshake) {
    if (!handshake.isSuccess()) {
      traffic.departed(Departure.NO_TLS);
      String why = handshake.cause().getMessage();
      log.debug("Closing the connection from {}: no TLS: {}", channel.remoteAddress(), why);
    }
  }

  /** Reads the files again; what is in force stays so if they are bad. */
  void reload() {
    current = settings.serverContext();
    log.info("The TLS files have been read again; they count for new connections");
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator alloc) {
    return current.newEngine(alloc);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
    return current.newEngine(alloc, peerHost, peerPort);
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return current.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // what it must say is
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return current.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return current.sessionContext();
  }
}
