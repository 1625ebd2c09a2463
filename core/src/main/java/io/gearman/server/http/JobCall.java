// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.Priority;
import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What a request says of its job, without the body.
 *
 * @param stream whether its events are asked for rather than its result
 */
record JobCall(
    byte[] function, byte[] unique, Priority priority, boolean background, boolean stream) {

  private static final String UNIQUE = "X-Gearman-Unique";
  private static final String BACKGROUND = "X-Gearman-Background";
  private static final String PRIORITY = "X-Gearman-Priority";
  private static final int MAX_UNIQUE = 64;
  private static final byte[] NONE = {};

  /**
   * Reads it.
   *
   * @param name of the function, as it is in the path
   * @throws Problem naming what cannot be
   */
  static JobCall of(HttpServerRequest request, String name) {
    if (request.uri().indexOf('?') >= 0) {
      throw bad("A job has no query: write a ? in the name of its function as %3F");
    }
    if (request.uri().indexOf('#') >= 0) {
      throw bad("A job has no fragment: write a # in the name of its function as %23");
    }
    HttpHeaders headers = request.requestHeaders();
    JobCall call =
        new JobCall(
            Target.bytes(name),
            single(headers, UNIQUE).getBytes(ISO_8859_1),
            priority(single(headers, PRIORITY)),
            background(single(headers, BACKGROUND)),
            asksForEvents(headers));
    call.check();
    return call;
  }

  private void check() {
    if (unique.length > MAX_UNIQUE) {
      throw bad("%s has %d bytes, and may have %d".formatted(UNIQUE, unique.length, MAX_UNIQUE));
    }
    for (byte b : function) {
      if (b == 0) {
        throw bad("The name of the function has a NUL");
      }
    }
  }

  /** Parameters of a media type, such as its weight, do not matter. */
  private static boolean asksForEvents(HttpHeaders headers) {
    return headers.getAll(HttpHeaderNames.ACCEPT).stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .map(type -> type.replaceFirst(";.*$", "").strip())
        .anyMatch("text/event-stream"::equalsIgnoreCase);
  }

  private static Problem bad(String detail) {
    return new Problem(HttpResponseStatus.BAD_REQUEST, detail);
  }

  private static String single(HttpHeaders headers, String name) {
    List<String> values = headers.getAll(name);
    if (values.size() > 1) {
      throw bad("There is more than one " + name);
    }
    return values.isEmpty() ? "" : values.get(0);
  }

  private static Priority priority(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "high" -> Priority.HIGH;
      case "", "normal" -> Priority.NORMAL;
      case "low" -> Priority.LOW;
      default -> throw bad("%s must be high, normal or low, not %s".formatted(PRIORITY, value));
    };
  }

  private static boolean background(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "", "false" -> false;
      default -> throw bad("%s must be true or false, not %s".formatted(BACKGROUND, value));
    };
  }

  Packet submission(byte[] workload) {
    return Packet.request(type(), function, unique, workload);
  }

  private PacketType type() {
    return switch (priority) {
      case HIGH -> background ? PacketType.SUBMIT_JOB_HIGH_BG : PacketType.SUBMIT_JOB_HIGH;
      case NORMAL -> background ? PacketType.SUBMIT_JOB_BG : PacketType.SUBMIT_JOB;
      case LOW -> background ? PacketType.SUBMIT_JOB_LOW_BG : PacketType.SUBMIT_JOB_LOW;
    };
  }

  /** How large a workload may be for its packet to fit. */
  int maxWorkload(int maxPacketSize) {
    return (int) Math.max(0, maxPacketSize - submission(NONE).size());
  }
}
