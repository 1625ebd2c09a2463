// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.util.Objects.requireNonNull;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken: who one is, and whom one trusts. For servers and for clients, where {@link
 * ConnectionSettings#withTls} takes it. TLS 1.2 and 1.3, as the JVM has them.
 *
 * <p>All files are PEM. They are not read before they are needed: what is made here names them
 * only.
 *
 * @param certificates the certificate of this side, followed by those that lead to an authority; a
 *     server needs one, and a client where the server asks for it
 * @param key the private key of the first of the certificates: RSA, EC or EdDSA, not encrypted, as
 *     PKCS#8 ({@code BEGIN PRIVATE KEY}); there if certificates are
 * @param authorities the certificates of those who may vouch for the other side; the trust store of
 *     the JVM if there are none
 * @param handshakeTimeout longest wait for the end of a handshake; 1 ms to 2^31-1 ms
 * @param clientAuthentication whether a server asks its clients for certificates; clients do not
 *     look at it
 */
public record TlsSettings(
    @Nullable Path certificates,
    @Nullable Path key,
    @Nullable Path authorities,
    Duration handshakeTimeout,
    ClientAuthentication clientAuthentication) {

  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

  private static final TlsSettings DEFAULTS =
      new TlsSettings(null, null, null, Duration.ofSeconds(10), ClientAuthentication.NONE);

  /** What a server wants to know of its clients. */
  public enum ClientAuthentication {
    /** No certificate is asked for. */
    NONE,
    /**
     * One is asked for; without one the client is served all the same, with a bad one it is not.
     */
    OPTIONAL,
    /** Nobody is served without one that an authority vouches for. */
    REQUIRED
  }

  public TlsSettings {
    requireNonNull(clientAuthentication, "clientAuthentication");
    if ((certificates == null) != (key == null)) {
      throw new IllegalArgumentException(
          "TLS certificates and their key go together: certificates are %s, the key is %s"
              .formatted(certificates, key));
    }
    if (handshakeTimeout.compareTo(MIN_TIMEOUT) < 0
        || handshakeTimeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "handshakeTimeout must be 1 ms to " + Integer.MAX_VALUE + " ms, not " + handshakeTimeout);
    }
  }

  /** No certificate, the trust store of the JVM, ten seconds, no client authentication. */
  public static TlsSettings defaults() {
    return DEFAULTS;
  }

  /**
   * What the environment of a client names, as with libgearman: {@code GEARMAND_CA_CERTIFICATE},
   * {@code GEARMAN_CLIENT_PEM} and {@code GEARMAN_CLIENT_KEY}. What is missing or empty is as in
   * {@link #defaults()}.
   *
   * @param environment usually {@link System#getenv()}
   * @throws IllegalArgumentException if it has a certificate without its key, or a key without
   */
  public static TlsSettings fromClientEnvironment(Map<String, String> environment) {
    return new TlsSettings(
        path(environment, "GEARMAN_CLIENT_PEM"),
        path(environment, "GEARMAN_CLIENT_KEY"),
        path(environment, "GEARMAND_CA_CERTIFICATE"),
        DEFAULTS.handshakeTimeout,
        DEFAULTS.clientAuthentication);
  }

  private static @Nullable Path path(Map<String, String> environment, String name) {
    String path = environment.get(name);
    return path == null || path.isBlank() ? null : Path.of(path);
  }

  public TlsSettings withIdentity(Path certificates, Path key) {
    return new TlsSettings(
        requireNonNull(certificates, "certificates"),
        requireNonNull(key, "key"),
        authorities,
        handshakeTimeout,
        clientAuthentication);
  }

  public TlsSettings withAuthorities(Path authorities) {
    return new TlsSettings(
        certificates,
        key,
        requireNonNull(authorities, "authorities"),
        handshakeTimeout,
        clientAuthentication);
  }

  public TlsSettings withHandshakeTimeout(Duration handshakeTimeout) {
    return new TlsSettings(certificates, key, authorities, handshakeTimeout, clientAuthentication);
  }

  public TlsSettings withClientAuthentication(ClientAuthentication clientAuthentication) {
    return new TlsSettings(certificates, key, authorities, handshakeTimeout, clientAuthentication);
  }

  /**
   * Reads the files for a client, which blocks. Servers must be vouched for and have the name or
   * the address that they are connected by.
   *
   * @throws IllegalArgumentException that names a file and says what is wrong with it
   */
  public SslContext clientContext() {
    SslContextBuilder builder = SslContextBuilder.forClient();
    TlsIdentity identity = identity();
    if (identity != null) {
      builder.keyManager(identity.key(), identity.chain());
    }
    return build(builder.endpointIdentificationAlgorithm("HTTPS"));
  }

  /**
   * Reads the files for a server, which blocks.
   *
   * @throws IllegalArgumentException that names a file and says what is wrong with it; or if there
   *     are no certificates, or no authorities although clients are asked for certificates: any
   *     that the JVM trusts could vouch for them otherwise
   */
  public SslContext serverContext() {
    TlsIdentity identity = identity();
    if (identity == null) {
      throw new IllegalArgumentException("A server with TLS needs a certificate and its key");
    }
    if (authorities == null && clientAuthentication != ClientAuthentication.NONE) {
      throw new IllegalArgumentException(
          "A server that asks for client certificates needs authorities that vouch for them");
    }
    return build(
        SslContextBuilder.forServer(identity.key(), identity.chain())
            .clientAuth(
                switch (clientAuthentication) {
                  case NONE -> ClientAuth.NONE;
                  case OPTIONAL -> ClientAuth.OPTIONAL;
                  case REQUIRED -> ClientAuth.REQUIRE;
                }));
  }

  private @Nullable TlsIdentity identity() {
    return certificates == null || key == null ? null : TlsIdentity.read(certificates, key);
  }

  private SslContext build(SslContextBuilder builder) {
    if (authorities != null) {
      builder.trustManager(Pem.read("authorities", authorities).certificates());
    }
    try {
      return builder.sslProvider(SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }
}
