// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.scale;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gearman.protocol.PacketType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Background jobs of 64 bytes, from their submission to their end, over a few connections and with
 * many packets in a write. The function of a job is the next in turn.
 */
final class Workload implements AutoCloseable {

  /** Jobs come and go in numbers that this divides. */
  static final int ROUND = 1_000;

  private static final int CLIENTS = 4;
  private static final int PER_WRITE = ROUND / CLIENTS;
  private static final byte[] PAYLOAD = new byte[64];
  private static final byte[] EMPTY = {};

  private final List<byte[]> functions;
  private final List<Wire> clients;
  private final List<Wire> workers;
  private int submitted;

  private Workload(int port, List<byte[]> functions, int workers) {
    this.functions = functions;
    this.clients = connect(port, CLIENTS);
    this.workers = connect(port, workers);
  }

  private static List<Wire> connect(int port, int count) {
    return IntStream.range(0, count).mapToObj(i -> Wire.connect(port)).toList();
  }

  /** A worker for each of the functions, or four for a single one. */
  static Workload ofSpecialists(int port, List<byte[]> functions) {
    Workload workload = new Workload(port, functions, Math.max(CLIENTS, functions.size()));
    for (int i = 0; i < workload.workers.size(); i++) {
      workload.workers.get(i).add(PacketType.CAN_DO, functions.get(i % functions.size()));
    }
    workload.settle();
    return workload;
  }

  /** One worker for all functions. */
  static Workload ofOneGeneralist(int port, List<byte[]> functions) {
    Workload workload = new Workload(port, functions, 1);
    functions.forEach(function -> workload.workers.get(0).add(PacketType.CAN_DO, function));
    workload.settle();
    return workload;
  }

  /** Names of functions that differ by their number. */
  static List<byte[]> functions(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> (prefix + i).getBytes(US_ASCII)).toList();
  }

  /** Submits jobs and completes as many. */
  int run(int jobs) {
    for (int done = 0; done < jobs; done += ROUND) {
      submit(ROUND);
      complete(ROUND);
    }
    return jobs;
  }

  /** Submits jobs. */
  int submit(int jobs) {
    submit(jobs, handle -> {});
    return jobs;
  }

  /** Submits jobs and shows their handles. */
  void submit(int jobs, Consumer<byte[]> handles) {
    for (int done = 0; done < jobs; done += ROUND) {
      clients.forEach(this::submit);
      for (Wire client : clients) {
        for (int i = 0; i < PER_WRITE; i++) {
          handles.accept(client.receive(PacketType.JOB_CREATED));
        }
      }
    }
  }

  private void submit(Wire client) {
    for (int i = 0; i < PER_WRITE; i++) {
      submit(client, PacketType.SUBMIT_JOB_BG);
    }
    client.flush();
  }

  private void submit(Wire client, PacketType form) {
    byte[] function = functions.get(submitted % functions.size());
    byte[] unique = Integer.toHexString(0x1000_0000 + submitted).getBytes(US_ASCII);
    client.add(form, function, unique, PAYLOAD);
    submitted++;
  }

  /** Takes as many jobs as there should be, and completes them. */
  int complete(int jobs) {
    int atOnce = Math.min(PER_WRITE, ROUND / workers.size());
    for (int done = 0; done < jobs; done += workers.size() * atOnce) {
      workers.forEach(worker -> grab(worker, atOnce));
      workers.forEach(worker -> complete(worker, atOnce));
    }
    workers.forEach(Wire::settle);
    return jobs;
  }

  private static void grab(Wire worker, int jobs) {
    for (int i = 0; i < jobs; i++) {
      worker.add(PacketType.GRAB_JOB);
    }
    worker.flush();
  }

  private static void complete(Wire worker, int jobs) {
    for (int i = 0; i < jobs; i++) {
      worker.add(PacketType.WORK_COMPLETE, untilNul(worker.receive(PacketType.JOB_ASSIGN)), EMPTY);
    }
    worker.flush();
  }

  private static byte[] untilNul(byte[] body) {
    int end = 0;
    while (body[end] != 0) {
      end++;
    }
    return Arrays.copyOf(body, end);
  }

  /** Jobs one after the other, for each of which the first worker is woken. */
  int runForSleeper(int jobs) {
    Wire client = clients.get(0);
    Wire worker = workers.get(0);
    worker.add(PacketType.PRE_SLEEP).settle();
    for (int i = 0; i < jobs; i++) {
      submit(client, PacketType.SUBMIT_JOB_BG);
      client.flush().receive(PacketType.JOB_CREATED);
      worker.receive(PacketType.NOOP);
      grab(worker, 1);
      worker.add(PacketType.WORK_COMPLETE, untilNul(worker.receive(PacketType.JOB_ASSIGN)), EMPTY);
      worker.add(PacketType.PRE_SLEEP).settle();
    }
    worker.add(PacketType.GRAB_JOB).flush().receive(PacketType.NO_JOB);
    return jobs;
  }

  /** Cancels jobs that wait. */
  int cancel(List<byte[]> handles) {
    Wire client = clients.get(0);
    for (int from = 0; from < handles.size(); from += PER_WRITE) {
      var some = handles.subList(from, Math.min(handles.size(), from + PER_WRITE));
      some.forEach(handle -> client.add("cancel job " + new String(handle, US_ASCII)));
      client.flush();
      some.forEach(handle -> Wire.expectOk("cancel job", client.line()));
    }
    return handles.size();
  }

  /** The server forgets the functions, which nothing may be waiting for. */
  void dropFunctions() {
    workers.forEach(worker -> worker.add(PacketType.RESET_ABILITIES).settle());
    functions.forEach(function -> clients.get(0).command("drop function", function));
  }

  private void settle() {
    clients.forEach(Wire::settle);
    workers.forEach(Wire::settle);
  }

  @Override
  public void close() {
    clients.forEach(Wire::close);
    workers.forEach(Wire::close);
  }
}
