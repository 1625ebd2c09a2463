// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.Priority;
import io.gearman.protocol.Printable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The answers of the text protocol that have a line for each function, job or connection. They are
 * made as they are sent, of what there was when they were asked for, so that a reader that stops
 * reading holds no more than that.
 */
final class Tables {

  private static final String END = ".\n";
  private static final int CHUNK = 16 << 10; // characters that are sent in one go

  private final Jobs jobs;
  private final Functions functions;
  private final Collection<Peer> peers;

  Tables(Jobs jobs, Functions functions, Collection<Peer> peers) {
    this.jobs = jobs;
    this.functions = functions;
    this.peers = peers;
  }

  Iterator<String> status() {
    return chunks(
        List.copyOf(functions.all()).stream()
            .map(
                function ->
                    cell(function.name)
                        + '\t'
                        + function.total()
                        + '\t'
                        + function.running
                        + '\t'
                        + function.workers));
  }

  Iterator<String> priorityStatus() {
    return chunks(
        List.copyOf(functions.all()).stream()
            .map(
                function ->
                    cell(function.name)
                        + '\t'
                        + function.waiting(Priority.HIGH)
                        + '\t'
                        + function.waiting(Priority.NORMAL)
                        + '\t'
                        + function.waiting(Priority.LOW)
                        + '\t'
                        + function.workers));
  }

  /**
   * All connections; where gearmand has the number of a socket, this has that of the connection.
   */
  Iterator<String> workers() {
    return pieces(List.copyOf(peers).stream().flatMap(Tables::worker));
  }

  /** A line in pieces, since it can be very long. */
  private static Stream<Supplier<String>> worker(Peer peer) {
    Supplier<String> who = () -> peer.number + " " + peer.address() + ' ' + peer.clientId() + " :";
    Stream<Supplier<String>> what =
        peer.abilities.functions().stream()
            .map(function -> () -> ' ' + cell(function.name).replace(' ', '_'));
    return Stream.of(Stream.of(who), what, Stream.<Supplier<String>>of(() -> "\n"))
        .flatMap(Function.identity());
  }

  /**
   * Runs that were not brought to an end, whether nobody wants the job any more, and whether it is
   * stored, which gearmand says of every background job even where it stores none.
   */
  Iterator<String> jobs() {
    return chunks(
        live()
            .map(
                job ->
                    new String(jobs.handle(job), ISO_8859_1)
                        + '\t'
                        + job.runs
                        + '\t'
                        + (job.isAbandoned() ? 1 : 0)
                        + '\t'
                        + (job.background ? 1 : 0)));
  }

  /** A unique id stands alone on its line, and must not look like the last one. */
  Iterator<String> uniqueIds() {
    return chunks(live().map(job -> cell(job.unique)).map(id -> id.equals(".") ? "_" : id));
  }

  private Stream<Job> live() {
    return Arrays.stream(jobs.numbers()).mapToObj(jobs::find).filter(Objects::nonNull);
  }

  /** Names are any bytes; what would break a line or a column is shown as underscores. */
  private static String cell(byte[] name) {
    return new String(Printable.name(name, "_"), ISO_8859_1);
  }

  private static Iterator<String> chunks(Stream<String> lines) {
    return pieces(lines.map(line -> () -> line + '\n'));
  }

  private static Iterator<String> pieces(Stream<Supplier<String>> pieces) {
    Iterator<Supplier<String>> left =
        Stream.concat(pieces, Stream.<Supplier<String>>of(() -> END)).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return left.hasNext();
      }

      @Override
      public String next() {
        StringBuilder chunk = new StringBuilder(left.next().get());
        while (chunk.length() < CHUNK && left.hasNext()) {
          chunk.append(left.next().get());
        }
        return chunk.toString();
      }
    };
  }
}
