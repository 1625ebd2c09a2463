// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * What went wrong with a request, as RFC 9457 says it: a status, a sentence, and what belongs to
 * it. Thrown to whoever answers the request.
 */
final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient HttpResponseStatus status;
  private final transient Map<String, String> headers = new LinkedHashMap<>();
  private transient Consumer<JsonGenerator> members = json -> {};

  Problem(HttpResponseStatus status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  HttpResponseStatus status() {
    return status;
  }

  /** Headers of the answer. */
  Map<String, String> headers() {
    return headers;
  }

  Problem header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Says more than the sentence. */
  Problem member(Consumer<JsonGenerator> member) {
    members = members.andThen(member);
    return this;
  }

  Problem member(String name, String value) {
    return member(json -> json.writeStringProperty(name, value));
  }

  byte[] json() {
    return Json.object(
        json -> {
          json.writeStringProperty("title", status.reasonPhrase());
          json.writeNumberProperty("status", status.code());
          json.writeStringProperty("detail", getMessage());
          members.accept(json);
        });
  }
}
