// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static io.gearman.testkit.ScriptedConnection.response;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.gearman.transport.ServerAddress;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * A job server over real sockets that knows one conversation with a client and one with a worker,
 * and stops, or dies, at any point of them. It runs in the thread of the test; whatever it awaits
 * must come within the timeout of {@link WireClient}.
 */
public final class ScriptedServer implements AutoCloseable {

  public static final String FUNCTION = "f";
  public static final String HANDLE = "H:scripted:1";
  public static final String PART = "part";
  public static final String END = "end";

  /**
   * The points of a conversation with a client that has an id and submits one job; each says what
   * happens on the way to it from the one before.
   */
  @SuppressWarnings("ImmutableEnumChecker") // the steps have no state
  public enum ClientPoint {
    ON_ACCEPT(it -> {}),
    AFTER_INTRODUCTION(
        it -> {
          it.hear(PacketType.SET_CLIENT_ID);
          it.say(PacketType.OPTION_RES, it.hear(PacketType.OPTION_REQ).text(0));
          it.hear(PacketType.OPTION_REQ); // flow, of which a plain server knows nothing
          it.say(PacketType.ERROR, "UNKNOWN_OPTION", "Server does not recognize given option");
        }),
    AFTER_SUBMIT(it -> it.hear(PacketType.SUBMIT_JOB)),
    AFTER_JOB_CREATED(it -> it.say(PacketType.JOB_CREATED, HANDLE)),
    IN_MID_PACKET(it -> it.sayHalf(PacketType.WORK_DATA, HANDLE, PART)),
    IN_MID_DATA(Conversation::sayOtherHalf),
    AFTER_COMPLETE(it -> it.say(PacketType.WORK_COMPLETE, HANDLE, END));

    private final Consumer<Conversation> step;

    ClientPoint(Consumer<Conversation> step) {
      this.step = step;
    }
  }

  /**
   * The points of a conversation, in plain Gearman, with a worker that has an id, one function and
   * one slot, and sends one part of its result before the end.
   */
  @SuppressWarnings("ImmutableEnumChecker") // the steps have no state
  public enum WorkerPoint {
    ON_ACCEPT(it -> {}),
    AFTER_REGISTRATION(
        it -> {
          it.hear(PacketType.OPTION_REQ);
          it.hear(PacketType.SET_CLIENT_ID);
          it.hear(PacketType.CAN_DO);
        }),
    AFTER_REFUSED_OPTION(it -> it.say(PacketType.ERROR, "UNKNOWN_OPTION", "Not recognized")),
    AFTER_GRAB(it -> it.hear(PacketType.GRAB_JOB_ALL)),
    AFTER_NO_JOB(it -> it.say(PacketType.NO_JOB)),
    AFTER_PRE_SLEEP(it -> it.hear(PacketType.PRE_SLEEP)),
    AFTER_NOOP(it -> it.say(PacketType.NOOP)),
    IN_MID_PACKET(
        it -> {
          it.hear(PacketType.GRAB_JOB_ALL);
          it.sayHalf(PacketType.JOB_ASSIGN_UNIQ, HANDLE, FUNCTION, "", "workload");
        }),
    AFTER_JOB_ASSIGN(Conversation::sayOtherHalf),
    IN_MID_DATA(it -> it.hear(PacketType.WORK_DATA)),
    AFTER_COMPLETE(it -> it.hear(PacketType.WORK_COMPLETE));

    private final Consumer<Conversation> step;

    WorkerPoint(Consumer<Conversation> step) {
      this.step = step;
    }
  }

  private final List<WireClient> open = new ArrayList<>();
  private ServerSocket socket;

  private ScriptedServer(ServerSocket socket) {
    this.socket = socket;
  }

  /** A server on a free port of the loopback address. */
  public static ScriptedServer start() {
    return new ScriptedServer(listen(0));
  }

  public ServerAddress address() {
    return new ServerAddress(
        InetAddress.getLoopbackAddress().getHostAddress(), socket.getLocalPort());
  }

  /** Serves the next connection, a client's, as far as this point, and leaves it open. */
  public Conversation serve(ClientPoint last) {
    Conversation conversation = accept();
    for (ClientPoint point : EnumSet.range(ClientPoint.ON_ACCEPT, last)) {
      point.step.accept(conversation);
    }
    return conversation;
  }

  /** Serves the next connection, a worker's, as far as this point, and leaves it open. */
  public Conversation serve(WorkerPoint last) {
    Conversation conversation = accept();
    for (WorkerPoint point : EnumSet.range(WorkerPoint.ON_ACCEPT, last)) {
      point.step.accept(conversation);
    }
    return conversation;
  }

  /** Serves the next connection, a client's, as far as this point, and closes it there. */
  public void dieAt(ClientPoint point) {
    serve(point).peer().close();
  }

  /** Serves the next connection, a worker's, as far as this point, and closes it there. */
  public void dieAt(WorkerPoint point) {
    serve(point).peer().close();
  }

  private Conversation accept() {
    WireClient peer = WireClient.accept(socket);
    open.add(peer);
    return new Conversation(peer);
  }

  /** Refuses connections; those that are open go on. */
  public void refuses() {
    close(socket);
  }

  /** Accepts connections again, on the same port. */
  public void acceptsAgain() {
    socket = listen(socket.getLocalPort());
  }

  @Override
  public void close() {
    open.forEach(WireClient::close);
    close(socket);
  }

  private static ServerSocket listen(int port) {
    try {
      return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on port " + port, e);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A conversation that has come to some point. */
  public static final class Conversation {

    private final WireClient peer;
    private final List<Packet> heard = new ArrayList<>();
    private byte[] otherHalf = {};

    private Conversation(WireClient peer) {
      this.peer = peer;
    }

    /** The other side, to go on with. */
    public WireClient peer() {
      return peer;
    }

    /** What the other side has sent so far. */
    public List<Packet> heard() {
      return heard;
    }

    private Packet hear(PacketType type) {
      Packet packet = peer.receive(type);
      heard.add(packet);
      return packet;
    }

    private void say(PacketType type, String... arguments) {
      peer.respond(type, arguments);
    }

    /** Sends a packet up to the middle of its arguments. */
    private void sayHalf(PacketType type, String... arguments) {
      var buffer = Unpooled.buffer();
      response(type, arguments).writeTo(buffer);
      byte[] bytes = ByteBufUtil.getBytes(buffer);
      int half = (Packet.HEADER_SIZE + bytes.length) / 2;
      peer.sendBytes(Arrays.copyOf(bytes, half));
      otherHalf = Arrays.copyOfRange(bytes, half, bytes.length);
    }

    private void sayOtherHalf() {
      peer.sendBytes(otherHalf);
    }
  }
}
