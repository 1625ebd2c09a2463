// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gearman.JobHandle;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a line of the text protocol cannot say is refused before anybody subscribes. */
class AdminArgumentsTest {

  private static final ServerAddress SERVER = new ServerAddress("localhost", 4730);
  private static final AdminClient ADMIN = AdminClient.create(SERVER);

  static List<BiConsumer<AdminClient, String>> commandsWithAFunction() {
    return List.of(
        AdminClient::createFunction,
        AdminClient::dropFunction,
        AdminClient::removeMaxQueue,
        (admin, function) -> admin.maxQueue(function, 1),
        (admin, function) -> admin.maxQueue(function, 1, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("commandsWithAFunction")
  void aFunctionOfTwoWordsIsRefused(BiConsumer<AdminClient, String> command) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> command.accept(ADMIN, "a b"))
        .withMessageContainingAll("function", "\"a b\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {" a", "a ", "a\tb", "a\nb", "a\r", "a\0", "a\u007f"})
  void aFunctionThatIsNotOneWordIsRefused(String function) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.createFunction(function))
        .withMessageContainingAll("function", '"' + function + '"');
  }

  @Test
  void aFunctionWithoutANameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.createFunction(""))
        .withMessage("function must not be empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f", "é"})
  void aFunctionOf512BytesIsTaken(String character) {
    String function = character.repeat(512 / (character.equals("f") ? 1 : 2));
    assertThat(ADMIN.createFunction(function)).isNotNull();
  }

  @Test
  void aFunctionOf513BytesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.createFunction("x" + "é".repeat(256)))
        .withMessageContainingAll("function", "512", "513");
  }

  @Test
  void aHandleThatIsNotOneWordIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.cancel(new JobHandle("localhost:4730", "H:1\nshutdown")))
        .withMessageContainingAll("handle", "H:1\nshutdown");
  }

  @Test
  void aHandleOfAnotherServerIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.cancel(new JobHandle("localhost:4731", "H:1")))
        .withMessageContainingAll("localhost:4731//H:1", "localhost:4730");
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.maxQueue("f", -1))
        .withMessage("limit must be 0 or more, not -1");
  }

  @Test
  void aNegativeLimitOfHighPriorityIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.maxQueue("f", -1, 0, 0))
        .withMessage("high must be 0 or more, not -1");
  }

  @Test
  void aNegativeLimitOfNormalPriorityIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.maxQueue("f", 0, -1, 0))
        .withMessage("normal must be 0 or more, not -1");
  }

  @Test
  void aNegativeLimitOfLowPriorityIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ADMIN.maxQueue("f", 0, 0, -1))
        .withMessage("low must be 0 or more, not -1");
  }

  @Test
  void aClientNeedsAServer() {
    assertThatNullPointerException()
        .isThrownBy(() -> AdminClient.create(null, ConnectionSettings.defaults()))
        .withMessage("server");
  }

  @Test
  void aClientNeedsSettings() {
    assertThatNullPointerException()
        .isThrownBy(() -> AdminClient.create(SERVER, null))
        .withMessage("settings");
  }
}
