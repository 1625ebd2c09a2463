// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.testkit.TestAuthority.Identity;
import io.gearman.transport.TlsSettings;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLContext;

/** An authority and what a test on 127.0.0.1 needs of it, made once. */
public final class TestTls {

  private static final TestAuthority AUTHORITY = TestAuthority.create("authority");
  private static final TlsSettings SERVER =
      with(AUTHORITY.issue("CN=server", "127.0.0.1", "localhost"));
  private static final TlsSettings CLIENT = with(AUTHORITY.issue("CN=client"));

  private TestTls() {}

  /** Who has vouched for the others here. */
  public static TestAuthority authority() {
    return AUTHORITY;
  }

  /** A server at 127.0.0.1 and localhost, which knows the authority. */
  public static TlsSettings server() {
    return SERVER;
  }

  /** A client with a certificate, which knows the authority. */
  public static TlsSettings client() {
    return CLIENT;
  }

  /** One that knows the authority and is vouched for by it. */
  public static TlsSettings with(Identity identity) {
    return TlsSettings.defaults()
        .withAuthorities(AUTHORITY.certificate())
        .withIdentity(identity.certificate(), identity.key());
  }

  /** What blocking sockets take. */
  public static SSLContext sockets(TlsSettings client) {
    SslContext context = client.clientContext();
    return ((JdkSslContext) context).context();
  }
}
