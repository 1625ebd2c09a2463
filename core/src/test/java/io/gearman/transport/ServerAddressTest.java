// SPDX-License-Identifier: Apache-2.0
package io.gearman.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

  @ParameterizedTest
  @CsvSource({
    "localhost,            localhost,    4730,  localhost:4730",
    "localhost:4731,       localhost,    4731,  localhost:4731",
    "10.0.0.1:1,           10.0.0.1,     1,     10.0.0.1:1",
    "jobs.example:65535,   jobs.example, 65535, jobs.example:65535",
    "[::1],                ::1,          4730,  [::1]:4730",
    "[::1]:4731,           ::1,          4731,  [::1]:4731",
    "[fe80::1%eth0]:4731,  fe80::1%eth0, 4731,  [fe80::1%eth0]:4731",
    "'  localhost:4731  ', localhost,    4731,  localhost:4731"
  })
  void textIsReadAndWrittenBack(String text, String host, int port, String written) {
    ServerAddress address = ServerAddress.parse(text);

    assertThat(address).isEqualTo(new ServerAddress(host, port)).hasToString(written);
    assertThat(ServerAddress.parse(written)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:0",
        "localhost:-1",
        "localhost:65536",
        "localhost:99999999999",
        "[::1]:0",
        "[::1]:65536"
      })
  void portOutsideTheRangeIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse(text))
        .withMessageContaining("must be 1 to 65535");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:",
        "localhost:port",
        "localhost:+80",
        "localhost:\u0664\u0667",
        "localhost:47 30",
        "localhost:1:2",
        "[::1]:",
        ":"
      })
  void portThatIsNoNumberIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse(text))
        .withMessageContaining(text)
        .withMessageContaining("must be 1 to 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ":4730", "[]", "[]:4730"})
  void emptyHostIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse(text))
        .withMessageContaining("host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "::1:4730", "fe80::1", "2001:db8::1"})
  void ipv6AddressWithoutBracketsIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ServerAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[::1]4730", "x[::1]:4730", "::1]:4730", "[[::1]]x:1"})
  void bracketsInTheWrongPlaceAreRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse(text))
        .withMessageContaining(text)
        .withMessageContaining("[address]:port");
  }

  @Test
  void hostWithBracketsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServerAddress("[::1]", 4730))
        .withMessageContaining("[::1]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void addressCannotBeMadeWithAPortOutsideTheRange(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServerAddress("localhost", port))
        .withMessageContaining("localhost")
        .withMessageContaining(String.valueOf(port));
  }

  @Test
  void hostMustNotBeNull() {
    assertThatNullPointerException().isThrownBy(() -> new ServerAddress(null, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "tls://jobs.example,      jobs.example, 4730",
    "tls://jobs.example:4731, jobs.example, 4731",
    "TLS://10.0.0.1:1,        10.0.0.1,     1",
    "tls://[::1]:4731,        ::1,          4731",
  })
  void tlsIsPartOfTheAddressAndNotOfItsName(String text, String host, int port) {
    ServerAddress address = ServerAddress.parse(text);

    assertThat(address).isEqualTo(new ServerAddress(host, port, true));
    assertThat(address).hasToString(new ServerAddress(host, port).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls://", "tls://:4730", "tls://localhost:x", "ssl://localhost"})
  void otherSchemesAndEmptyHostsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ServerAddress.parse(text));
  }

  @Test
  void aListKeepsItsOrder() {
    assertThat(ServerAddress.parseList(" b:2, tls://a ,[::1]:3"))
        .containsExactly(
            new ServerAddress("b", 2),
            new ServerAddress("a", 4730, true),
            new ServerAddress("::1", 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "a,", ",a", "a, ,b"})
  void aListWithAnEmptyItemIsRefused(String list) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parseList(list))
        .withMessageContaining('"' + list + "\" has an empty item");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b,a:4730", "b,a,tls://a"})
  void aServerTwiceInAListIsRefused(String list) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parseList(list))
        .withMessageContaining("a:4730 is in the list twice");
  }

  @Test
  void aListOfNoServersIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.requireList(List.of()))
        .withMessageContaining("must not be empty");
  }

  @Test
  void theEnvironmentNamesTheServers() {
    assertThat(ServerAddress.fromEnvironment(Map.of("GEARMAN_SERVERS", "a,b:2")))
        .containsExactly(new ServerAddress("a", 4730), new ServerAddress("b", 2));
  }

  @Test
  void anEnvironmentWithoutServersMeansTheOneOnThisHost() {
    assertThat(ServerAddress.fromEnvironment(Map.of("GEARMAN_SERVER", "a")))
        .isEqualTo(ServerAddress.fromEnvironment(Map.of("GEARMAN_SERVERS", " ")))
        .containsExactly(new ServerAddress("localhost", 4730));
  }
}
