// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;

/** What a request is for: its URI. */
final class Target {

  private Target() {}

  /** The path as it was written, without the query; of an absolute URI as of any other. */
  static String path(String uri) {
    String path = uri.replaceFirst("[?#].*$", "");
    int authority = path.indexOf("://");
    if (path.startsWith("/") || authority < 0) {
      return path;
    }
    int slash = path.indexOf('/', authority + 3);
    return slash < 0 ? "/" : path.substring(slash);
  }

  /** The bytes that a part of a path stands for. */
  static byte[] bytes(String encoded) {
    try { // one character for each byte, so that names need not be UTF-8
      return new QueryStringDecoder(encoded, ISO_8859_1, true).path().getBytes(ISO_8859_1);
    } catch (IllegalArgumentException e) {
      throw new Problem(
          HttpResponseStatus.BAD_REQUEST, "The path is not percent-encoded: " + e.getMessage());
    }
  }
}
