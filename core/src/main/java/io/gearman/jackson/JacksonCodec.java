// SPDX-License-Identifier: Apache-2.0
package io.gearman.jackson;

import io.gearman.PayloadCodec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON, one value in each payload. What is no JSON is an error, and so are an empty payload, the
 * value {@code null} and anything after the value.
 *
 * @param <T> the type of the values
 */
public final class JacksonCodec<T> implements PayloadCodec<T> {

  private final ObjectWriter writer;
  private final ObjectReader reader;

  private JacksonCodec(ObjectMapper mapper, JavaType type) {
    this.writer = mapper.writerFor(type);
    this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /** Values of a class, as Jackson maps them by default. */
  public static <T> JacksonCodec<T> of(Class<T> type) {
    return of(JsonMapper.shared(), type);
  }

  /** Values of a generic type: {@code of(new TypeReference<List<Order>>() {})}. */
  public static <T> JacksonCodec<T> of(TypeReference<T> type) {
    return of(JsonMapper.shared(), type);
  }

  /** Values of a class, as this mapper maps them. */
  public static <T> JacksonCodec<T> of(ObjectMapper mapper, Class<T> type) {
    return new JacksonCodec<>(mapper, mapper.constructType(type));
  }

  /** Values of a generic type, as this mapper maps them. */
  public static <T> JacksonCodec<T> of(ObjectMapper mapper, TypeReference<T> type) {
    return new JacksonCodec<>(mapper, mapper.getTypeFactory().constructType(type));
  }

  @Override
  public byte[] encode(T value) {
    return writer.writeValueAsBytes(value);
  }

  @Override
  public T decode(byte[] bytes) {
    return reader.readValue(bytes);
  }
}
