// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.client.GearmanClient;
import io.gearman.client.JobRequest;
import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** gearmand 1.1.20 wakes nobody when the time of a job has come. */
@EnabledIfGearmand
class GearmandSafetyGrabTest {

  private static final Duration BOUND = Duration.ofSeconds(15);

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Test
  void aJobWhoseTimeHasComeIsRunByAWorkerThatSleeps() {
    Sinks.Empty<Void> ran = Sinks.empty();
    GearmanWorker worker =
        GearmanWorker.builder(server.address())
            .safetyGrab(Duration.ofMillis(500))
            .function("f", JobFunction.ofMono(job -> Mono.fromRunnable(ran::tryEmitEmpty)))
            .build();
    GearmanClient client = GearmanClient.builder(server.address()).build();
    Disposable running = worker.run().subscribe();
    try {
      client
          .enqueue(
              JobRequest.of("f", new byte[0])
                  .withNotBefore(Instant.now().plus(Duration.ofSeconds(2))))
          .block(BOUND);
      StepVerifier.create(ran.asMono()).expectComplete().verify(BOUND);
    } finally {
      running.dispose();
      client.dispose();
    }
  }
}
