// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.protocol.PacketType;
import io.gearman.testkit.ScriptedConnection;
import io.gearman.transport.ConnectionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** A client session on a connection without a socket. */
class SessionFixture {

  static final int BUFFER_LIMIT = 10_000;
  static final int WINDOW = 16;
  static final Duration PATIENCE = Duration.ofSeconds(10);
  static final JobRequest JOB = JobRequest.of("f", bytes("workload"));
  static final String HANDLE = "H:1";

  static final Duration ACCEPT_LIMIT = Duration.ofSeconds(20);
  static final int MAX_JOBS = 100;
  static final ClientSettings SETTINGS = settings(BUFFER_LIMIT);

  final List<JobHandle> dropped = new ArrayList<>();
  final ScriptedConnection connection = new ScriptedConnection();
  final ClientSession session =
      connection.open(opened -> ClientSession.shared(opened, SETTINGS, this::drop));

  static ClientSettings settings(int bufferLimit) {
    return new ClientSettings(
        ConnectionSettings.defaults(),
        "",
        "",
        ServerSelection.FIRST_AVAILABLE,
        PATIENCE,
        PATIENCE,
        ACCEPT_LIMIT,
        MAX_JOBS,
        bufferLimit,
        WINDOW,
        0);
  }

  /** The text protocol, in which a plain server is told to drop a job. */
  private Mono<Void> drop(JobHandle handle) {
    return Mono.fromRunnable(() -> dropped.add(handle));
  }

  /** The server agrees on the flow extension. */
  void agreeOnFlow() {
    session.introduce("", PATIENCE).subscribe();
    connection.receive(PacketType.OPTION_RES, "exceptions");
    connection.receive(PacketType.OPTION_RES, "flow");
    connection.written();
  }

  /** Submits a job that has all the demand it needs. */
  TestSubscriber<JobEvent> submit(JobRequest request) {
    return submit(request, Long.MAX_VALUE);
  }

  TestSubscriber<JobEvent> submit(JobRequest request, long demand) {
    return subscribe(session.run(request), demand);
  }

  /** Submits a job, and the server accepts it; Created takes one of the demand. */
  TestSubscriber<JobEvent> accepted(String handle, long demand) {
    TestSubscriber<JobEvent> job = submit(JOB, demand);
    connection.receive(PacketType.JOB_CREATED, handle);
    return job;
  }

  static <T> TestSubscriber<T> subscribe(Flux<T> events, long demand) {
    TestSubscriber<T> subscriber = TestSubscriber.builder().initialRequest(demand).build();
    events.subscribe(subscriber);
    return subscriber;
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static JobHandle handle(String id) {
    return new JobHandle("scripted:4730", id);
  }

  static JobEvent created(String id) {
    return new JobEvent.Created(handle(id));
  }

  static JobEvent data(String text) {
    return new JobEvent.Data(bytes(text));
  }

  static JobEvent completed(String text) {
    return new JobEvent.Completed(bytes(text));
  }
}
