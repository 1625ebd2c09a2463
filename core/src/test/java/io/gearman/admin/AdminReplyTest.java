// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.ServerAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What the lines of a reply mean. */
class AdminReplyTest {

  private static final ServerAddress SERVER = new ServerAddress("localhost", 4730);
  private static final Command COMMAND = new Command(SERVER, "status");

  @Test
  void aFunctionHasItsNumbersInOrder() {
    assertThat(FunctionStatus.parse("resize\t3\t2\t1"))
        .isEqualTo(new FunctionStatus("resize", 3, 2, 1));
  }

  @Test
  void aTabInTheNameOfAFunctionIsPartOfIt() {
    assertThat(FunctionStatus.parse("a\tb\t3\t2\t1"))
        .isEqualTo(new FunctionStatus("a\tb", 3, 2, 1));
  }

  @Test
  void aFunctionMayHaveAnEmptyName() {
    assertThat(FunctionStatus.parse("\t3\t2\t1")).isEqualTo(new FunctionStatus("", 3, 2, 1));
  }

  @Test
  void numbersMayBeLargerThanAnInt() {
    assertThat(FunctionStatus.parse("f\t0\t4294967295\t0").running()).isEqualTo(4_294_967_295L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "f", "f\t1\t2", "f\t1\t2\t", "f\t1\t2\tx", "f\t1\t2\t-3", "f\t1\t+2\t3"})
  void whatIsNoFunctionIsRefused(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> FunctionStatus.parse(line));
  }

  @Test
  void waitingJobsAreCountedByPriority() {
    assertThat(PriorityStatus.parse("f\t1\t2\t3\t4"))
        .isEqualTo(new PriorityStatus("f", 1, 2, 3, 4));
  }

  @Test
  void aJobHasItsServerAndItsFlags() {
    assertThat(JobEntry.parse(SERVER, "H:node1:7\t2\t0\t1"))
        .isEqualTo(new JobEntry(new JobHandle("localhost:4730", "H:node1:7"), 2, false, true));
  }

  @Test
  void aJobWithoutAHandleIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> JobEntry.parse(SERVER, "\t2\t0\t1"));
  }

  @Test
  void aWorkerHasItsFunctions() {
    assertThat(ConnectionStatus.parse("33 127.0.0.1 w1 : f g"))
        .isEqualTo(new ConnectionStatus(33, "127.0.0.1", "w1", List.of("f", "g")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"36 127.0.0.1 - :", "36 127.0.0.1 - : "})
  void aClientHasNoFunctions(String line) {
    assertThat(ConnectionStatus.parse(line))
        .isEqualTo(new ConnectionStatus(36, "127.0.0.1", "-", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "fe80::1%eth0", "2001:db8::", ""})
  void anAddressMayBeOfAnyKind(String address) {
    assertThat(ConnectionStatus.parse("36 " + address + " - : f"))
        .isEqualTo(new ConnectionStatus(36, address, "-", List.of("f")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"my worker", "a : b", " ", "", ":", "b :", "\t"})
  void aClientIdMayBeAnything(String id) {
    assertThat(ConnectionStatus.parse("36 ::1 " + id + " : f g"))
        .isEqualTo(new ConnectionStatus(36, "::1", id, List.of("f", "g")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"my worker", "a : b", " ", "", ":", "b :", "\t"})
  void aClientIdMayBeAnythingWithoutFunctions(String id) {
    assertThat(ConnectionStatus.parse("36 ::1 " + id + " :"))
        .isEqualTo(new ConnectionStatus(36, "::1", id, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "36", "36 ::1", "36 ::1 - f", "x ::1 - : f", "-1 ::1 - : f", " :", "36 :"})
  void whatIsNoConnectionIsRefused(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> ConnectionStatus.parse(line));
  }

  @Test
  void aListEndsAtItsDot() {
    StepVerifier.create(list("a", "", "b", ".", "c")).expectNext("a", "", "b").verifyComplete();
  }

  @Test
  void aRowThatCannotBeReadIsNamed() {
    StepVerifier.create(
            Flux.just("f\t1\t2\t3", "garbage")
                .handle(ReplyReader.list(COMMAND, FunctionStatus::parse)))
        .expectNextCount(1)
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("Server localhost:4730 answered \"status\" with \"garbage\""));
  }

  @Test
  void aLongLineIsNamedByItsBeginning() {
    assertThat(COMMAND.unreadable("x".repeat(100_000))).message().hasSizeLessThan(300);
  }

  @Test
  void aListMayBeRefused() {
    StepVerifier.create(list("ERR UNKNOWN_SHOW_ARGUMENTS"))
        .verifyErrorSatisfies(error -> assertThat(error).isInstanceOf(ServerErrorException.class));
  }

  @Test
  void aRowInAListIsNoRefusal() {
    StepVerifier.create(list("a", "ERR b", ".")).expectNext("a", "ERR b").verifyComplete();
  }

  @Test
  void aFunctionNamedLikeARefusalIsNone() {
    StepVerifier.create(list("ERR f\t1\t2\t3", ".")).expectNext("ERR f\t1\t2\t3").verifyComplete();
  }

  @ParameterizedTest
  @CsvSource({
    "ERR UNKNOWN_JOB, UNKNOWN_JOB, ''",
    "ERR UNKNOWN_COMMAND Unknown+server+command, UNKNOWN_COMMAND, Unknown server command",
    "'ERR unknown_command ', unknown_command, ''",
    "ERR function not found, ERR, function not found",
    "ERR there are still connected workers, ERR, there are still connected workers",
    "ERR, ERR, ''"
  })
  void aRefusalHasACodeAndAText(String line, String code, String text) {
    ServerErrorException refusal = COMMAND.refusal(line);
    assertThat(List.of(refusal.code(), refusal.text())).containsExactly(code, text);
  }

  @Test
  void aRefusalNamesTheServer() {
    assertThat(COMMAND.refusal("ERR UNKNOWN_JOB"))
        .hasMessage("Server localhost:4730 refused the request: UNKNOWN_JOB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "OK", "ok 1", "1.1.20", "ERROR"})
  void anAnswerWithoutAnOkIsNone(String line) {
    StepVerifier.create(Flux.just(line).handle(ReplyReader.line(COMMAND, ReplyReader::ok)))
        .verifyError(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "OK ", "OKAY", "."})
  void anAcknowledgementIsABareOk(String line) {
    StepVerifier.create(Flux.just(line).handle(ReplyReader.line(COMMAND, ReplyReader::bareOk)))
        .verifyError(ProtocolException.class);
  }

  private static Flux<String> list(String... lines) {
    return Flux.just(lines).handle(ReplyReader.list(COMMAND, line -> line));
  }
}
