// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Set;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;

/**
 * The roles that a certificate names: as organizational units of its subject, in any case, beside
 * others that do not matter.
 */
final class CertificateRoles {

  private CertificateRoles() {}

  /** Those of who is at the other end of a connection by TLS; none without a certificate. */
  static Set<Role> of(Channel channel) {
    try {
      SslHandler handler = channel.pipeline().get(SslHandler.class);
      return handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate leaf
          ? of(leaf.getSubjectX500Principal())
          : Set.of();
    } catch (SSLPeerUnverifiedException e) {
      return Set.of();
    }
  }

  static Set<Role> of(X500Principal subject) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    try {
      for (Rdn part : new LdapName(subject.getName()).getRdns()) {
        Attribute units = part.toAttributes().get("OU");
        for (int i = 0; units != null && i < units.size(); i++) {
          add(roles, units.get(i));
        }
      }
    } catch (NamingException e) {
      return Set.of(); // no name that X.500 knows
    }
    return roles;
  }

  private static void add(Set<Role> roles, Object unit) {
    for (Role role : Role.values()) {
      if (unit instanceof String name && role.name().equalsIgnoreCase(name)) {
        roles.add(role);
      }
    }
  }
}
