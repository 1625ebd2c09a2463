// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PEM file. What is between its blocks, and blocks that are not asked for, do not matter: one
 * file may have a certificate and its key.
 */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private final String name; // for messages
  private final String text;

  private Pem(String role, Path file) {
    this.name = "The TLS " + role + " file " + file;
    this.text = text(file);
  }

  /**
   * Reads a file.
   *
   * @param role what the file is for, in the words of a message
   * @throws IllegalArgumentException that names the file and says why it cannot be read
   */
  static Pem read(String role, Path file) {
    return new Pem(role, file);
  }

  /** Its blocks: group 1 is the type, group 2 the content. */
  Stream<MatchResult> blocks() {
    return BLOCK.matcher(text).results();
  }

  /** The certificates in their order, one at least. */
  X509Certificate[] certificates() {
    String certificates =
        blocks()
            .filter(block -> block.group(1).equals("CERTIFICATE"))
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    if (certificates.isEmpty()) {
      throw bad("has no certificate in PEM form (BEGIN CERTIFICATE)", null);
    }
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(certificates.getBytes(ISO_8859_1)))
          .toArray(X509Certificate[]::new);
    } catch (CertificateException e) {
      throw bad("has a certificate that cannot be read: " + e.getMessage(), e);
    }
  }

  IllegalArgumentException bad(String reason, @Nullable Exception cause) {
    return new IllegalArgumentException(name + ' ' + reason, cause);
  }

  private String text(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw bad("does not exist", e);
    } catch (AccessDeniedException e) {
      throw bad("may not be read", e);
    } catch (IOException e) {
      throw bad("cannot be read: " + e.getMessage(), e);
    }
  }
}
