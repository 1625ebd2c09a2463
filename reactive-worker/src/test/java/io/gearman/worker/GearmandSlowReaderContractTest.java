// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.client.BufferLimitException;
import io.gearman.client.GearmanClient;
import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.test.StepVerifier;

@EnabledIfGearmand
class GearmandSlowReaderContractTest extends SlowReaderContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  RunningServer server() {
    return server;
  }

  @Test
  void failAtTheBufferLimitAloneWhenNoConnectionIsLeftForThem() {
    GearmanClient client = client(0);
    StepVerifier.create(parts(client), 1)
        .expectNext(0)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        BufferLimitException.class,
                        full -> assertThat(full.limit()).isEqualTo(BUFFER_LIMIT)))
        .verify(BOUND);
    assertThat(client.call("echo", new byte[7]).block(BOUND)).hasSize(7);
  }
}
