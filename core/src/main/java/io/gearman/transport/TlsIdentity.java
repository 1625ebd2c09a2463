// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.MatchResult;

/**
 * Who one side is: a private key and the certificates that vouch for it.
 *
 * @param chain the certificate of the key first, then those of who signed the one before
 */
record TlsIdentity(X509Certificate[] chain, PrivateKey key) {

  private static final byte[] PROOF = {1, 2, 3};

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException that names a file and says what is wrong with it
   */
  static TlsIdentity read(Path certificates, Path keyFile) {
    X509Certificate[] chain = Pem.read("certificate", certificates).certificates();
    Pem pem = Pem.read("key", keyFile);
    byte[] encoded = encodedKey(pem);
    PublicKey publicKey = chain[0].getPublicKey();
    try {
      PrivateKey key =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (fits(key, publicKey)) {
        return new TlsIdentity(chain, key);
      }
      throw pem.bad("does not fit the certificate of file " + certificates, null);
    } catch (GeneralSecurityException e) { // of another kind or size, or damaged
      throw pem.bad(
          "has no %s key for the certificate of file %s: %s"
              .formatted(publicKey.getAlgorithm(), certificates, e.getMessage()),
          e);
    }
  }

  private static byte[] encodedKey(Pem pem) {
    MatchResult block =
        pem.blocks()
            .filter(any -> any.group(1).endsWith("PRIVATE KEY"))
            .findFirst()
            .orElseThrow(() -> pem.bad("has no private key in PEM form (BEGIN PRIVATE KEY)", null));
    if (!block.group(1).equals("PRIVATE KEY")) { // encrypted, or in an old form
      throw pem.bad(
          "begins with BEGIN %s; openssl pkcs8 -topk8 -nocrypt makes a BEGIN PRIVATE KEY of it"
              .formatted(block.group(1)),
          null);
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw pem.bad("has a key that is not base64: " + e.getMessage(), e);
    }
  }

  /** What the key has signed the certificate must verify. */
  private static boolean fits(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm(key));
    signature.initSign(key);
    signature.update(PROOF);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(PROOF);
    return signature.verify(signed);
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }
}
