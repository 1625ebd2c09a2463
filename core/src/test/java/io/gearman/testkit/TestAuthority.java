// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Vouches for the certificates of a test. Everything is in PEM files of a folder of its own below
 * {@code target}.
 */
public final class TestAuthority {

  /** A certificate and its key, as PEM files. */
  public record Identity(Path certificate, Path key) {}

  private final AtomicInteger numbers = new AtomicInteger();
  private final X509Bundle authority;
  private final Path folder;
  private final Path certificate;

  private TestAuthority(String name) throws Exception {
    this.folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "tls");
    this.authority =
        new CertificateBuilder()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    this.certificate = write("authority.pem", authority.getCertificatePEM());
  }

  /** An authority with a new key. */
  public static TestAuthority create(String name) {
    try {
      return new TestAuthority(name);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Its own certificate. */
  public Path certificate() {
    return certificate;
  }

  /** A file that does not exist, next to those that do. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * An identity for a client, or for a server at these hosts.
   *
   * @param subject such as {@code CN=name}
   * @param hosts names or IPv4 addresses
   */
  public Identity issue(String subject, String... hosts) {
    return issue(subject, UnaryOperator.identity(), hosts);
  }

  /** One that was valid until a day ago. */
  public Identity issueExpired(String subject, String... hosts) {
    Instant end = Instant.now().minus(Duration.ofDays(1));
    return issue(
        subject, made -> made.notBefore(end.minus(Duration.ofDays(1))).notAfter(end), hosts);
  }

  private Identity issue(
      String subject, UnaryOperator<CertificateBuilder> change, String... hosts) {
    CertificateBuilder made = change.apply(new CertificateBuilder().subject(subject));
    for (String host : hosts) {
      made = host.matches("[0-9.]+") ? made.addSanIpAddress(host) : made.addSanDnsName(host);
    }
    try {
      X509Bundle issued = made.buildIssuedBy(authority);
      int number = numbers.incrementAndGet();
      return new Identity(
          write(number + ".pem", issued.getCertificatePEM()),
          write(number + ".key", issued.getPrivateKeyPEM()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Path write(String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
