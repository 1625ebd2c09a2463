// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import java.util.function.Function;
import reactor.core.publisher.MonoSink;

/**
 * A request with one answer. If it is cancelled after it was sent it keeps its place in the line of
 * answers and drops what comes.
 */
final class Question<T> extends Reply {

  private final PacketType expected;
  private final Function<Packet, T> read;
  private final MonoSink<T> sink;

  Question(PacketType expected, Function<Packet, T> read, MonoSink<T> sink) {
    this.expected = expected;
    this.read = read;
    this.sink = sink;
  }

  @Override
  PacketType expected() {
    return expected;
  }

  @Override
  void onAnswer(Packet answer) {
    sink.success(read.apply(answer));
  }

  @Override
  void onFailure(RuntimeException failure) {
    sink.error(failure);
  }
}
