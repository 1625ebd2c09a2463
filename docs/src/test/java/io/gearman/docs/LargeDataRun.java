// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.client.GearmanClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * Sends bytes through a job and back, with server, worker and client in one process, whose heap is
 * far smaller: {@code LargeDataRun BYTES}.
 */
final class LargeDataRun {

  private static final int CHUNK = 100_000; // cut into other pieces on the way

  private LargeDataRun() {}

  public static void main(String[] args) {
    long size = Long.parseLong(args[0]);
    var server = JobServer.create().port(0).bind().block();
    var servers = List.of(new ServerAddress("127.0.0.1", server.port()));
    GearmanClient client = GearmanClient.builder(servers).build();
    GearmanClient ofWorker = GearmanClient.builder(servers).build();
    Disposable working =
        GearmanWorker.builder(servers)
            .function("invert", LargeData.fed(ofWorker, input -> input.map(LargeDataRun::inverted)))
            .build()
            .run()
            .subscribe();

    CRC32 sent = new CRC32();
    CRC32 received = new CRC32();
    long start = System.nanoTime();
    long count =
        LargeData.feed(servers, client, "invert", random(size).doOnNext(sent::update))
            .doOnNext(piece -> received.update(inverted(piece)))
            .reduce(0L, (sum, piece) -> sum + piece.length)
            .block();
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.printf(
        "%d bytes there and back, %s, in %d ms with a heap of %d MiB%n",
        count,
        sent.getValue() == received.getValue() ? "unharmed" : "damaged",
        millis,
        Runtime.getRuntime().maxMemory() >> 20);

    working.dispose();
    ofWorker.dispose();
    client.dispose();
    server.disposeNow();
  }

  private static Flux<byte[]> random(long size) {
    return Flux.generate(
        () -> new Source(size),
        (source, sink) -> {
          byte[] chunk = source.next();
          if (chunk.length == 0) {
            sink.complete();
          } else {
            sink.next(chunk);
          }
          return source;
        });
  }

  private static final class Source {

    private final SplittableRandom random = new SplittableRandom(4730);
    private long left;

    Source(long size) {
      this.left = size;
    }

    byte[] next() {
      byte[] chunk = new byte[(int) Math.min(CHUNK, left)];
      random.nextBytes(chunk);
      left -= chunk.length;
      return chunk;
    }
  }

  private static byte[] inverted(byte[] piece) {
    byte[] inverted = new byte[piece.length];
    for (int i = 0; i < piece.length; i++) {
      inverted[i] = (byte) ~piece[i];
    }
    return inverted;
  }
}
