// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.JobHandle;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** What a client refuses. */
class GearmanClientTest {

  private static final ServerAddress SERVER = new ServerAddress("here", 4730);

  @Test
  void aClientNeedsAServer() {
    assertThatNullPointerException()
        .isThrownBy(() -> GearmanClient.builder((ServerAddress) null))
        .withMessage("server");
  }

  @Test
  void nothingOfAClientMayBeNull() {
    GearmanClient.Builder builder = GearmanClient.builder(SERVER);
    assertThatNullPointerException()
        .isThrownBy(() -> builder.connection(null))
        .withMessage("connection");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.clientId(null))
        .withMessage("clientId");
  }

  @Test
  void aNegativeBufferLimitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GearmanClient.builder(SERVER).bufferLimit(-1))
        .withMessageContainingAll("bufferLimit", "-1", "0");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_537})
  void aWindowOutOfRangeIsRefused(int window) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GearmanClient.builder(SERVER).window(window))
        .withMessage("window must be 1 to 65536, not " + window);
  }

  @Test
  void aNegativeNumberOfStreamConnectionsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GearmanClient.builder(SERVER).streamConnections(-1))
        .withMessage("streamConnections must be 0 or more, not -1");
  }

  @Test
  void theHandleOfAnotherServerIsRefused() {
    GearmanClient client = GearmanClient.builder(SERVER).build();
    StepVerifier.create(client.status(new JobHandle("there:4730", "H:1")))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("there:4730//H:1", "here:4730"));
  }

  @Test
  void aListOfServersMayNotBeEmpty() {
    assertThatIllegalArgumentException().isThrownBy(() -> GearmanClient.builder(List.of()));
  }

  @Test
  void aServerTwiceInTheListIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GearmanClient.builder(List.of(SERVER, SERVER)))
        .withMessageContaining("here:4730 is in the list twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S"})
  void limitsAreMoreThanZero(Duration limit) {
    GearmanClient.Builder builder = GearmanClient.builder(SERVER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.connectLimit(limit))
        .withMessage("connectLimit must be more than 0, not " + limit);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.preference(limit))
        .withMessage("preference must be more than 0, not " + limit);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.acceptLimit(limit))
        .withMessage("acceptLimit must be more than 0, not " + limit);
  }

  @Test
  void maxJobsIsOneOrMore() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GearmanClient.builder(SERVER).maxJobs(0))
        .withMessage("maxJobs must be 1 or more, not 0");
  }

  @Test
  void theHandleOfAnotherServerIsNotCancelled() {
    GearmanClient client = GearmanClient.builder(SERVER).build();
    StepVerifier.create(client.cancel(new JobHandle("there:4730", "H:1")))
        .verifyError(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0})
  void aPeriodThatIsNoneIsRefused(long millis) {
    GearmanClient client = GearmanClient.builder(SERVER).build();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> client.watch(new JobHandle("here:4730", "H:1"), Duration.ofMillis(millis)))
        .withMessage("period must be more than 0, not " + Duration.ofMillis(millis));
  }

  @Test
  void aLimitIsWithinTheRangeOfTimers() {
    Duration tooLong = Duration.ofSeconds(Long.MAX_VALUE);
    GearmanClient.Builder builder = GearmanClient.builder(new ServerAddress("localhost", 4730));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.acceptLimit(tooLong))
        .withMessage("acceptLimit must be at most 106751 days, not " + tooLong);
  }
}
