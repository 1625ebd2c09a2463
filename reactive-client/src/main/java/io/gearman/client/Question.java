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
record Question<T>(PacketType expected, Function<Packet, T> read, MonoSink<T> sink)
    implements Reply {

  @Override
  public void onAnswer(Packet answer) {
    sink.success(read.apply(answer));
  }

  @Override
  public void onFailure(RuntimeException failure) {
    sink.error(failure);
  }
}
