// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.netty.channel.Channel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Has a peer vanish without a word, as if its cable were cut: a filter on its socket that lets
 * nothing in, so that not even its system answers. For channels of Netty's transport for Linux.
 */
public final class BlackHole {

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int INSTRUCTION = 8; // bytes of a struct sock_filter
  private static final int PROGRAM = 16; // bytes of a struct sock_fprog
  private static final short RETURN = 6;

  private BlackHole() {}

  public static void swallow(Channel channel) {
    ByteBuffer returnNothing = allocate(INSTRUCTION).putShort(0, RETURN);
    ByteBuffer program =
        allocate(PROGRAM).putShort(0, (short) 1).putLong(8, Buffer.memoryAddress(returnNothing));
    boolean set =
        channel
            .config()
            .setOption(
                new RawUnixChannelOption("filter", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM), program);
    if (!set) {
      throw new IllegalStateException("No filter for " + channel);
    }
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
