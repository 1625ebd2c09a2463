// SPDX-License-Identifier: Apache-2.0
package io.gearman.jackson;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gearman.PayloadCodec;
import io.gearman.PayloadException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class JacksonCodecTest {

  record Order(String name, int itemCount) {}

  /** Jackson cannot write it. */
  static final class Self {
    public Self getSelf() {
      return this;
    }
  }

  private static final PayloadCodec<Order> ORDERS = JacksonCodec.of(Order.class);

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void valuesAreJson() {
    byte[] json = ORDERS.encodeFor("f", new Order("socks", 2));
    assertThat(text(json)).isEqualTo("{\"name\":\"socks\",\"itemCount\":2}");
    assertThat(ORDERS.decodeFor("f", json)).isEqualTo(new Order("socks", 2));
  }

  @Test
  void valuesMayBeGeneric() {
    PayloadCodec<List<Order>> lists = JacksonCodec.of(new TypeReference<List<Order>>() {});
    List<Order> orders = List.of(new Order("socks", 2), new Order("hats", 0));
    assertThat(lists.decodeFor("f", lists.encodeFor("f", orders))).isEqualTo(orders);
  }

  @Test
  void theMapperIsUsed() {
    JsonMapper snakes =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    assertThat(text(JacksonCodec.of(snakes, Order.class).encodeFor("f", new Order("socks", 2))))
        .isEqualTo("{\"name\":\"socks\",\"item_count\":2}");
    PayloadCodec<List<Order>> lists = JacksonCodec.of(snakes, new TypeReference<List<Order>>() {});
    assertThat(text(lists.encodeFor("f", List.of(new Order("hats", 1)))))
        .isEqualTo("[{\"name\":\"hats\",\"item_count\":1}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "{",
        "{\"name\":\"socks\"",
        "[]",
        "{} {}",
        "{\"name\":\"\u00ff\"}",
        "\u00ff"
      })
  void whatIsNoValueIsAnErrorThatNamesTheFunctionAndTheBytes(String json) {
    assertThatThrownBy(() -> ORDERS.decodeFor("order", bytes(json)))
        .isInstanceOfSatisfying(
            PayloadException.class,
            error -> {
              assertThat(error.function()).isEqualTo("order");
              assertThat(error.bytes()).isEqualTo(bytes(json));
            })
        .hasMessageStartingWith(
            "Cannot decode " + json.length() + " bytes of function \"order\" (");
  }

  @Test
  void whatCannotBeWrittenIsAnErrorThatNamesTheFunction() {
    assertThatThrownBy(() -> JacksonCodec.of(Self.class).encodeFor("order", new Self()))
        .isInstanceOf(PayloadException.class)
        .hasMessageStartingWith(
            "Cannot encode a " + Self.class.getName() + " for function \"order\"");
  }
}
