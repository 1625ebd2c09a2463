// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.IOException;
import java.io.InputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;

/**
 * The workloads to submit, read as they are asked for.
 *
 * @param in standard input
 * @param reading a thread that may wait for standard input
 */
record Workloads(SubmitSetup setup, InputStream in, Scheduler reading) {

  private static final byte[] NONE = {};

  /** Fails with a {@link CommandException} if standard input cannot be read or submitted. */
  Flux<byte[]> all() {
    if (!setup.data().isEmpty()) {
      return Flux.fromIterable(setup.data());
    }
    if (setup.options().noInput) {
      return Flux.just(NONE);
    }
    boolean whole = setup.options().lines == LineMode.NONE;
    return (whole ? Mono.fromCallable(this::whole).flux() : lines())
        .onErrorMap(
            IOException.class,
            problem -> new CommandException("cannot read standard input", problem))
        .subscribeOn(reading);
  }

  private byte[] whole() throws IOException {
    byte[] workload = in.readNBytes(setup.maxWorkload() + 1);
    return checked(workload, "standard input");
  }

  private Flux<byte[]> lines() {
    boolean strip = setup.options().lines == LineMode.STRIP_ENDS;
    return Flux.generate(
        () -> new LineReader(in, setup.maxWorkload() + 1, strip),
        (reader, sink) -> {
          next(reader, sink);
          return reader;
        });
  }

  private void next(LineReader reader, SynchronousSink<byte[]> sink) {
    try {
      byte[] line = reader.next();
      if (line == null) {
        sink.complete();
      } else {
        sink.next(checked(line, "a line of standard input"));
      }
    } catch (IOException e) {
      sink.error(e);
    }
  }

  private byte[] checked(byte[] workload, String what) {
    if (workload.length > setup.maxWorkload()) {
      throw new CommandException(
          "%s is longer than %d bytes, which --max-packet-size allows"
              .formatted(what, setup.maxWorkload()));
    }
    return workload;
  }
}
