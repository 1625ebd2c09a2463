// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.server.ServerSnapshot.Standstill;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Jobs that wait although a worker that could take them is idle, in JSON. */
final class Standstills {

  private static final int MOST = 100; // that are named

  private Standstills() {}

  static void write(JsonGenerator json, List<Standstill> all) {
    json.writeNumberProperty("standstillCount", all.size());
    json.writeArrayPropertyStart("standstills");
    all.stream().limit(MOST).forEach(standstill -> write(json, standstill));
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Standstill standstill) {
    json.writeStartObject();
    json.writeStringProperty("function", standstill.function());
    json.writeNumberProperty("waitedSeconds", standstill.waited().toSeconds());
    json.writeObjectPropertyStart("worker");
    json.writeNumberProperty("connection", standstill.worker().connection());
    json.writeStringProperty("address", standstill.worker().address());
    json.writeStringProperty("clientId", standstill.worker().clientId());
    json.writeNumberProperty("silentSeconds", standstill.worker().silence().toSeconds());
    json.writeEndObject();
    json.writeEndObject();
  }
}
