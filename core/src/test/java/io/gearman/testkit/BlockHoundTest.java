// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

class BlockHoundTest {

  @Test
  void blockingOnAParallelThreadIsAnError() {
    Mono<Boolean> blocking = Mono.fromCallable(BlockHoundTest::block);

    StepVerifier.create(blocking.subscribeOn(Schedulers.parallel()))
        .verifyError(BlockingOperationError.class);
  }

  @Test
  void blockingOnABoundedElasticThreadIsAllowed() {
    Mono<Boolean> blocking = Mono.fromCallable(BlockHoundTest::block);

    StepVerifier.create(blocking.subscribeOn(Schedulers.boundedElastic()))
        .expectNext(false)
        .verifyComplete();
  }

  @ParameterizedTest(name = "native transport preferred: {0}")
  @ValueSource(booleans = {true, false})
  void blockingOnAnEventLoopIsAnError(boolean nativeTransport) {
    LoopResources loops = LoopResources.create("blockhound-test", 1, true);
    try {
      EventLoop loop = loops.onServer(nativeTransport).next();

      assertThatThrownBy(() -> loop.submit(BlockHoundTest::block).get(5, TimeUnit.SECONDS))
          .hasCauseInstanceOf(BlockingOperationError.class);
    } finally {
      loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Duration.ofSeconds(10));
    }
  }

  private static boolean block() throws InterruptedException {
    return new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
  }
}
