// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import io.gearman.benchmarks.role.Nats;
import io.gearman.benchmarks.role.Ours;
import io.gearman.benchmarks.role.Rsocket;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Something that can be started. */
sealed interface Program {

  /** For whoever reads of its failure. */
  String label();

  Program OUR_SERVER = new Java(Ours.class, "server");
  Program OUR_WORKER = new Java(Ours.class, "worker");
  Program OUR_CLIENT = new Java(Ours.class, "client");

  /** A client of ours with jobs in flight that nobody does. */
  Program OUR_HOLDER = new Java(Ours.class, "holder");

  Program GEARMAND = new Installed("gearmand", Program::gearmand);

  /** With tables of unique ids and handles that are large enough for those of a million jobs. */
  Program GEARMAND_BUCKETS = gearmandWith("--hashtable-buckets=1000003");

  /** With a single thread for all, instead of four more for connections. */
  Program GEARMAND_UNTHREADED = gearmandWith("--threads=0");

  Program LIBGEARMAN_WORKER = new C("libgearman", "role=worker");
  Program LIBGEARMAN_CLIENT = new C("libgearman", "role=client");

  /** Client and worker in one process, without anything that costs time. */
  Program LOADER = new C("loader", "role=both");

  Program RELAY = new C("relay");
  Program RAW_LOADER = new C("loader", "role=both", "protocol=raw");
  Program RAW_WORKER = new C("loader", "role=worker", "protocol=raw");
  Program RAW_CLIENT = new C("loader", "role=client", "protocol=raw");

  Program NATS_SERVER =
      new Installed(
          "nats-server",
          port -> List.of("-a", "127.0.0.1", "-p", Integer.toString(port), "-c", "nats.conf"));
  Program NATS_WORKER = new Java(Nats.class, "worker");
  Program NATS_CLIENT = new Java(Nats.class, "client");

  Program RSOCKET_RESPONDER = new Java(Rsocket.class, "responder");
  Program RSOCKET_RELAY = new Java(Rsocket.class, "relay");
  Program RSOCKET_WORKER = new Java(Rsocket.class, "worker");
  Program RSOCKET_CLIENT = new Java(Rsocket.class, "client");

  private static Program gearmandWith(String option) {
    return new Installed(
        "gearmand", port -> Stream.concat(gearmand(port).stream(), Stream.of(option)).toList());
  }

  private static List<String> gearmand(int port) {
    return List.of(
        "--listen=127.0.0.1",
        "--port=" + port,
        "--backlog=1024",
        "--log-file=stderr",
        "--pid-file=gearmand-" + port + ".pid");
  }

  /** A class of this jar. */
  record Java(Class<?> main, String role) implements Program {

    @Override
    public String label() {
      return main.getSimpleName() + ' ' + role;
    }
  }

  /** A program of ours in C, which is compiled first. */
  record C(String source, List<String> arguments) implements Program {

    C(String source, String... arguments) {
      this(source, List.of(arguments));
    }

    @Override
    public String label() {
      return String.join(" ", source, String.join(" ", arguments)).strip();
    }
  }

  /**
   * A program that this machine has or has not.
   *
   * @param arguments what makes it listen on a port of the loopback address
   */
  record Installed(String name, IntFunction<List<String>> arguments) implements Program {

    @Override
    public String label() {
      return name;
    }
  }
}
