// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

import io.gearman.JobEvent;
import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import io.gearman.worker.GearmanWorker;
import io.gearman.worker.JobFunction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Our server, client and worker. */
public final class Ours {

  private static final int LEAST_CONCURRENCY = 16; // the default

  private Ours() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Settings settings = new Settings(args);
    switch (settings.text("role")) {
      case "server" -> serve(settings);
      case "worker" -> work(settings);
      case "client" -> call(settings);
      case "holder" -> hold(settings);
      default -> throw new IllegalArgumentException("Unknown role " + settings.text("role"));
    }
  }

  /** Answers each line of input with the heap in use. */
  private static void serve(Settings settings) throws IOException {
    JobServer.create()
        .port(settings.port())
        .maxConnections(Integer.MAX_VALUE)
        .maxQueuedBytes(Long.MAX_VALUE)
        .bind()
        .block();
    BufferedReader input = Client.input();
    while (input.readLine() != null) {
      printUsedHeap();
    }
    System.exit(0);
  }

  private static void work(Settings settings) throws IOException {
    byte[] result = settings.result();
    GearmanWorker.builder(address(settings))
        .function(Settings.FUNCTION, JobFunction.ofMono(job -> Mono.just(result)))
        .function(
            Settings.STREAM,
            JobFunction.ofFlux(job -> Flux.range(0, settings.chunks()).map(i -> result)))
        .concurrency(Math.max(LEAST_CONCURRENCY, settings.inFlight()))
        .build()
        .run()
        .subscribe();
    serveUntilEndOfInput();
  }

  private static void call(Settings settings) throws IOException {
    byte[] payload = settings.payload();
    GearmanClient client = GearmanClient.builder(address(settings)).build();
    if (settings.streams()) {
      Client.serve(
          settings,
          outcome ->
              client.stream(Settings.STREAM, payload)
                  .subscribe(
                      chunk -> outcome.chunk(chunk.length),
                      outcome::failed,
                      () -> outcome.done(0)));
    } else {
      Client.serve(
          settings,
          outcome ->
              client
                  .call(Settings.FUNCTION, payload)
                  .subscribe(result -> outcome.done(result.length), outcome::failed));
    }
  }

  /** Says how much heap is in use before and while jobs are in flight that nobody does. */
  private static void hold(Settings settings) throws IOException, InterruptedException {
    byte[] payload = settings.payload();
    GearmanClient client = GearmanClient.builder(address(settings)).build();
    client.enqueue(JobRequest.of("unused", payload)).block(); // connects
    sayReady();
    printUsedHeap();
    CountDownLatch created = new CountDownLatch(settings.inFlight());
    for (int i = 0; i < settings.inFlight(); i++) {
      client
          .run(JobRequest.of(Settings.FUNCTION, payload))
          .ofType(JobEvent.Created.class)
          .subscribe(event -> created.countDown());
    }
    created.await();
    printUsedHeap();
    awaitEndOfInput();
  }

  private static ServerAddress address(Settings settings) {
    return new ServerAddress(Settings.HOST, settings.port());
  }

  @SuppressWarnings("SystemOut") // which is how the parent hears
  private static void printUsedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    System.gc(); // what the first has left to reference handlers
    System.out.println("heap " + (runtime.totalMemory() - runtime.freeMemory()));
  }

  @SuppressWarnings("SystemOut") // which is how the parent hears
  private static void sayReady() {
    System.out.println("ready");
  }

  /** What a worker does while others work for it. */
  static void serveUntilEndOfInput() throws IOException {
    sayReady();
    awaitEndOfInput();
  }

  private static void awaitEndOfInput() throws IOException {
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }
}
