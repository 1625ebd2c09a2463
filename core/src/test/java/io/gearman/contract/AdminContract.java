// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.JobServerContract.grab;
import static io.gearman.contract.JobServerContract.settled;
import static io.gearman.contract.JobServerContract.submit;
import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.admin.AdminClient;
import io.gearman.admin.ConnectionStatus;
import io.gearman.admin.FunctionStatus;
import io.gearman.admin.JobEntry;
import io.gearman.admin.PriorityStatus;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What an operator sees of a job server and does to it: ours, and gearmand 1.1.20. */
interface AdminContract {

  Duration TIMEOUT = Duration.ofSeconds(5);

  RunningServer server();

  default AdminClient admin() {
    return AdminClient.create(server().address(), server().connection());
  }

  /** A connection that knows these functions, and has been heard. */
  default WireClient worker(String... functions) {
    WireClient worker = server().connect();
    for (String function : functions) {
      worker.request(CAN_DO, function);
    }
    return settled(worker);
  }

  static void done(Mono<Void> command) {
    StepVerifier.create(command).expectComplete().verify(TIMEOUT);
  }

  static void refused(Publisher<?> command, String code) {
    StepVerifier.create(command)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ServerErrorException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code)))
        .verify(TIMEOUT);
  }

  static <T> List<T> rows(Flux<T> list) {
    return list.collectList().block(TIMEOUT);
  }

  default JobHandle handle(String id) {
    return new JobHandle(server().address().toString(), id);
  }

  @Test
  default void theVersionIsOneWord() {
    assertThat(admin().version().block(TIMEOUT)).matches("\\S+").isNotEqualTo("OK");
  }

  @Test
  default void theProcessIdIsANumber() {
    assertThat(admin().pid().block(TIMEOUT)).isPositive();
  }

  @Test
  default void theVerbosityIsALevel() {
    assertThat(admin().verbosity().block(TIMEOUT))
        .isIn("FATAL", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG");
  }

  @Test
  default void aNewServerHasNoFunctions() {
    StepVerifier.create(admin().status()).expectComplete().verify(TIMEOUT);
  }

  @Test
  default void aNewServerHasNoJobs() {
    StepVerifier.create(admin().jobs()).expectComplete().verify(TIMEOUT);
  }

  @Test
  default void functionsHaveTheirJobsAndWorkers() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "2");
    grab(worker("f", "g"));
    assertThat(rows(admin().status()))
        .containsExactlyInAnyOrder(
            new FunctionStatus("f", 2, 1, 1), new FunctionStatus("g", 0, 0, 1));
  }

  @Test
  default void waitingJobsAreCountedByPriority() {
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_HIGH_BG, "f", "", "");
    for (int i = 0; i < 2; i++) {
      submit(client, SUBMIT_JOB_BG, "f", "", "");
    }
    for (int i = 0; i < 3; i++) {
      submit(client, SUBMIT_JOB_LOW_BG, "f", "", "");
    }
    assertThat(rows(admin().priorityStatus())).containsExactly(new PriorityStatus("f", 1, 2, 3, 0));
  }

  @Test
  default void aRunningJobWaitsNoMore() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "");
    grab(worker("f"));
    assertThat(rows(admin().priorityStatus())).containsExactly(new PriorityStatus("f", 0, 0, 0, 1));
  }

  @Test
  default void aWorkerHasItsIdAndItsFunctions() {
    settled(server().connect().request(SET_CLIENT_ID, "w1").request(CAN_DO, "f"));
    assertThat(rows(admin().workers()))
        .filteredOn(connection -> connection.clientId().equals("w1"))
        .singleElement()
        .satisfies(
            worker ->
                assertThat(worker)
                    .isEqualTo(new ConnectionStatus(worker.fd(), "127.0.0.1", "w1", List.of("f"))));
  }

  @Test
  default void aWorkerHasAllOfItsFunctions() {
    worker("f", "g", "h");
    assertThat(rows(admin().workers()))
        .filteredOn(connection -> !connection.functions().isEmpty())
        .singleElement()
        .satisfies(
            worker -> assertThat(worker.functions()).containsExactlyInAnyOrder("f", "g", "h"));
  }

  @Test
  default void connectionsWithoutFunctionsAreListedToo() {
    settled(server().connect());
    assertThat(rows(admin().workers()))
        .hasSize(2) // with the one that asks
        .allMatch(connection -> connection.functions().isEmpty());
  }

  @Test
  default void jobsThatHaveNotEndedAreListed() {
    WireClient client = server().connect();
    String one = submit(client, SUBMIT_JOB_BG, "f", "", "1");
    String other = submit(client, SUBMIT_JOB, "g", "", "2");
    assertThat(rows(admin().jobs()))
        .extracting(JobEntry::handle)
        .containsExactlyInAnyOrder(handle(one), handle(other));
  }

  @Test
  default void aRunningJobIsListed() {
    String handle = submit(server().connect(), SUBMIT_JOB, "f", "", "1");
    grab(worker("f"));
    assertThat(rows(admin().jobs())).containsExactly(new JobEntry(handle(handle), 0, false, false));
  }

  @Test
  default void uniqueIdsAreListed() {
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_BG, "f", "u1", "");
    submit(client, SUBMIT_JOB_BG, "f", "u 2", "");
    assertThat(rows(admin().uniqueIds())).containsExactlyInAnyOrder("u1", "u 2");
  }

  @Test
  default void aJobWithoutAUniqueIdHasAnEmptyOne() {
    submit(server().connect(), SUBMIT_JOB_BG, "f", "", "");
    assertThat(rows(admin().uniqueIds())).containsExactly("");
  }

  @Test
  default void aCancelledJobFails() {
    WireClient client = server().connect();
    String handle = submit(client, SUBMIT_JOB, "f", "", "1");
    done(admin().cancel(handle(handle)));
    client.expect(response(WORK_FAIL, handle));
  }

  @Test
  default void aCancelledJobDoesNotRun() {
    String handle = submit(server().connect(), SUBMIT_JOB_BG, "f", "", "1");
    done(admin().cancel(handle(handle)));
    worker("f").request(GRAB_JOB).expect(response(NO_JOB));
  }

  @Test
  default void aJobThatIsUnknownIsNotCancelled() {
    refused(admin().cancel(handle("H:none:1")), "UNKNOWN_JOB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f", "größe", "F:x/y.z-1", "a\u00a0b"})
  default void aFunctionIsCreated(String function) {
    done(admin().createFunction(function));
    assertThat(rows(admin().status())).containsExactly(new FunctionStatus(function, 0, 0, 0));
  }

  @Test
  default void theNameOfAFunctionIsTheSameToWorkers() {
    worker(new String("größe".getBytes(UTF_8), ISO_8859_1));
    assertThat(rows(admin().status())).containsExactly(new FunctionStatus("größe", 0, 0, 1));
  }

  @Test
  default void aFunctionMayBeCreatedAgain() {
    done(admin().createFunction("f"));
    done(admin().createFunction("f"));
    assertThat(rows(admin().status())).hasSize(1);
  }

  @Test
  default void aFunctionIsDropped() {
    done(admin().createFunction("f"));
    done(admin().dropFunction("f"));
    assertThat(rows(admin().status())).isEmpty();
  }

  @Test
  default void aFunctionThatIsUnknownIsNotDropped() {
    refused(admin().dropFunction("none"), "ERR");
  }

  @Test
  default void aFunctionWithAWorkerIsNotDropped() {
    worker("f");
    refused(admin().dropFunction("f"), "ERR");
  }

  @Test
  default void aFullQueueTakesNoMore() {
    done(admin().createFunction("f"));
    done(admin().maxQueue("f", 1));
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_BG, "f", "", "1");
    client
        .request(SUBMIT_JOB_BG, "f", "", "2")
        .expect(response(ERROR, "QUEUE_ERROR", "Job queue is full"));
  }

  @Test
  default void eachPriorityHasItsLimit() {
    done(admin().createFunction("f"));
    done(admin().maxQueue("f", 0, 5, 1));
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_HIGH_BG, "f", "", "1");
    submit(client, SUBMIT_JOB_BG, "f", "", "2");
    submit(client, SUBMIT_JOB_LOW_BG, "g", "", "3");
    client
        .request(SUBMIT_JOB_LOW_BG, "f", "", "4")
        .expect(response(ERROR, "QUEUE_ERROR", "Job queue is full"));
  }

  @Test
  default void aLimitOfZeroIsNone() {
    done(admin().createFunction("f"));
    done(admin().maxQueue("f", 1));
    done(admin().maxQueue("f", 0));
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_BG, "f", "", "1");
    submit(client, SUBMIT_JOB_BG, "f", "", "2");
  }

  @Test
  default void limitsAreRemoved() {
    done(admin().createFunction("f"));
    done(admin().maxQueue("f", 1));
    done(admin().removeMaxQueue("f"));
    WireClient client = server().connect();
    submit(client, SUBMIT_JOB_BG, "f", "", "1");
    submit(client, SUBMIT_JOB_BG, "f", "", "2");
  }

  @Test
  default void aListMayBeTakenRowByRow() {
    WireClient client = server().connect();
    for (int i = 0; i < 100; i++) {
      submit(client, SUBMIT_JOB_BG, "f", "u" + i, "");
    }
    StepVerifier.create(admin().uniqueIds().limitRate(1))
        .expectNextCount(100)
        .expectComplete()
        .verify(TIMEOUT);
  }
}
