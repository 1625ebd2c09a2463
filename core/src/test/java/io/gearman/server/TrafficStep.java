// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Anything that can happen to a broker; every peer does everything. */
sealed interface TrafficStep {

  void takenIn(TrafficWorld world);

  /**
   * What the arguments of packets and the words of lines are made of.
   *
   * @param job which of the handles that were given, round and round; if negative, none
   */
  record Words(String function, String unique, String number, int job, String data) {

    Packet packet(PacketType type, List<String> handles) {
      byte[][] arguments =
          type.arguments().stream()
              .map(name -> argument(name, handles).getBytes(StandardCharsets.ISO_8859_1))
              .toArray(byte[][]::new);
      return Packet.request(type, arguments);
    }

    private String argument(String name, List<String> handles) {
      return switch (name) {
        case "function" -> function;
        case "unique", "client id" -> unique;
        case "handle" -> handle(handles);
        case "option" -> job % 3 == 0 ? "flow" : job % 3 == 1 ? "exceptions" : unique;
        case "reducer", "data" -> data;
        default -> number;
      };
    }

    private String handle(List<String> handles) {
      return job < 0 || handles.isEmpty()
          ? "H:test:1:4711"
          : handles.get(Math.max(0, handles.size() - 1 - job % 8));
    }

    String line(String template, List<String> handles) {
      return template
          .replace("FUNCTION", function)
          .replace("HANDLE", handle(handles))
          .replace("NUMBER", number);
    }
  }

  record Sends(int who, PacketType type, Words words) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.sends(who, type, words);
    }
  }

  record Says(int who, String template, Words words) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.says(who, template, words);
    }
  }

  record Leaves(int who) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.leaves(who);
    }
  }

  /** A peer will send no more. */
  record Ends(int who) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.inputEnds(who);
    }
  }

  record Clogs(int who, boolean clogged) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.clogs(who, clogged);
    }
  }

  record Passes(Duration time) implements TrafficStep {
    @Override
    public void takenIn(TrafficWorld world) {
      world.passes(time);
    }
  }

  /**
   * The settings of a server.
   *
   * @param retries see {@link JobServer#jobRetries}
   */
  record Limits(int retries, int wakeup, long bytes, int functions) {
    ServerSettings settings() {
      return new ServerSettings()
          .with(
              settings -> {
                settings.jobRetries = retries;
                settings.workerWakeup = wakeup;
                settings.maxQueuedBytes = bytes;
                settings.maxFunctions = functions;
              });
    }
  }
}
