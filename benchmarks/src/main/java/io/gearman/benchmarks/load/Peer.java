// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;
import java.util.stream.Stream;

/**
 * A system under load: a row of a comparison.
 *
 * @param name for the reader
 * @param server what listens
 * @param workers what does the work, if the server or the client does not do it
 * @param client what asks for it
 */
record Peer(String name, Program server, List<Program> workers, Program client) {

  static final Peer OURS =
      new Peer("ours", Program.OUR_SERVER, List.of(Program.OUR_WORKER), Program.OUR_CLIENT);
  static final Peer OURS_BARE =
      new Peer("our server, bare loader", Program.OUR_SERVER, List.of(), Program.LOADER);
  static final Peer GEARMAND_BARE =
      new Peer("gearmand, bare loader", Program.GEARMAND, List.of(), Program.LOADER);
  static final Peer GEARMAND_BUCKETS =
      new Peer(
          "gearmand of 1,000,003 buckets, bare loader",
          Program.GEARMAND_BUCKETS,
          List.of(),
          Program.LOADER);
  static final Peer GEARMAND_UNTHREADED =
      new Peer(
          "gearmand without more threads, bare loader",
          Program.GEARMAND_UNTHREADED,
          List.of(),
          Program.LOADER);
  static final Peer GEARMAND_LIBGEARMAN =
      new Peer(
          "gearmand, libgearman",
          Program.GEARMAND,
          List.of(Program.LIBGEARMAN_WORKER, Program.LIBGEARMAN_WORKER),
          Program.LIBGEARMAN_CLIENT);
  static final Peer GEARMAND_OURS =
      new Peer(
          "gearmand, our client and worker",
          Program.GEARMAND,
          List.of(Program.OUR_WORKER),
          Program.OUR_CLIENT);
  static final Peer OURS_LIBGEARMAN =
      new Peer(
          "our server, libgearman",
          Program.OUR_SERVER,
          List.of(Program.LIBGEARMAN_WORKER, Program.LIBGEARMAN_WORKER),
          Program.LIBGEARMAN_CLIENT);
  static final Peer NATS =
      new Peer("NATS", Program.NATS_SERVER, List.of(Program.NATS_WORKER), Program.NATS_CLIENT);
  static final Peer RSOCKET =
      new Peer(
          "RSocket, two processes", Program.RSOCKET_RESPONDER, List.of(), Program.RSOCKET_CLIENT);
  static final Peer RSOCKET_RELAY =
      new Peer(
          "RSocket, three processes",
          Program.RSOCKET_RELAY,
          List.of(Program.RSOCKET_WORKER),
          Program.RSOCKET_CLIENT);
  static final Peer RAW =
      new Peer("raw relay", Program.RELAY, List.of(Program.RAW_WORKER), Program.RAW_CLIENT);
  static final Peer RAW_BARE =
      new Peer("raw relay, bare loader", Program.RELAY, List.of(), Program.RAW_LOADER);

  /** All that has to be there. */
  List<Program> programs() {
    return Stream.concat(Stream.of(server, client), workers.stream()).distinct().toList();
  }
}
