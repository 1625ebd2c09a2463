// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Packet;
import io.gearman.protocol.PacketType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A peer for tests of the wire: a plain blocking socket that sends and receives packets, lines and
 * raw bytes, as a client, as a worker or, through {@link #accept}, as a server. It reads packets by
 * code of its own, so that it and {@code PacketDecoder} check each other.
 *
 * <p>Whatever is awaited must come within the timeout, 5 seconds unless another is set; otherwise
 * an AssertionError says what it was. Text is one byte per character. For one thread, which must
 * not be an event loop.
 */
public final class WireClient implements AutoCloseable {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_SIZE = 128 << 20;
  private static final int SHOWN_BYTES = 200;

  /** Not the system's, which may grow to tens of megabytes: whoever does not read soon shows. */
  private static final int RECEIVE_BUFFER = 256 << 10;

  private final Socket socket;
  private final InputStream in;
  private Duration timeout = DEFAULT_TIMEOUT;

  private WireClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    socket.setTcpNoDelay(true);
  }

  /** Connects. */
  public static WireClient connect(String host, int port) {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(RECEIVE_BUFFER);
      socket.connect(new InetSocketAddress(host, port), (int) DEFAULT_TIMEOUT.toMillis());
      return new WireClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot connect to " + host + ':' + port, e);
    }
  }

  /** Connects, by TLS. The name of the server does not matter. */
  public static WireClient connect(String host, int port, SSLContext tls) {
    try {
      return new WireClient(tls.getSocketFactory().createSocket(host, port));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot connect to " + host + ':' + port, e);
    }
  }

  /** The next connection made to a socket: this peer plays the server. */
  public static WireClient accept(ServerSocket server) {
    try {
      server.setSoTimeout((int) DEFAULT_TIMEOUT.toMillis());
      return new WireClient(server.accept());
    } catch (SocketTimeoutException e) {
      throw new AssertionError(DEFAULT_TIMEOUT + " passed, and nobody connected", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets how long each of the following calls may wait. */
  public WireClient timeout(Duration timeout) {
    this.timeout = timeout;
    return this;
  }

  /** Sends packets in one write. */
  public WireClient send(Packet... packets) {
    ByteBuf out = Unpooled.buffer();
    for (Packet packet : packets) {
      packet.writeTo(out);
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return sendBytes(bytes);
  }

  /** Sends a packet with the magic of a request. */
  public WireClient request(PacketType type, String... arguments) {
    return send(Packet.request(type, bytes(arguments)));
  }

  /** Sends a packet with the magic of a response. */
  public WireClient respond(PacketType type, String... arguments) {
    return send(Packet.response(type, bytes(arguments)));
  }

  /** Sends a line of the text protocol, ended by CR LF. */
  public WireClient command(String line) {
    return sendBytes((line + "\r\n").getBytes(ISO_8859_1));
  }

  /** Sends bytes as they are. */
  public WireClient sendBytes(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot send " + bytes.length + " bytes", e);
    }
  }

  /** Sends no more, which the peer sees as the end of the stream; receiving goes on. */
  public WireClient shutdownOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next packet. */
  public Packet receive() {
    return receive("a packet");
  }

  /** The next packet, which must be of this type. */
  public Packet receive(PacketType type) {
    Packet packet = receive(type.toString());
    if (packet.type() != type) {
      throw new AssertionError("Awaited " + type + ", received " + packet);
    }
    return packet;
  }

  /** The next packet, which must equal this one. */
  public void expect(Packet expected) {
    Packet packet = receive(expected.toString());
    if (!packet.equals(expected)) {
      throw new AssertionError("Awaited " + expected + ", received " + packet);
    }
  }

  /** The next line without its LF. A CR before it is kept, since replies differ in having one. */
  public String receiveLine() {
    long deadline = deadline();
    StringBuilder line = new StringBuilder();
    byte[] next = new byte[1];
    while (true) {
      read(next, 0, deadline, "the end of the line \"" + line + '"');
      if (next[0] == '\n') {
        return line.toString();
      }
      line.append((char) (next[0] & 0xFF));
    }
  }

  /** The lines before the one that equals the terminator, which is usually a single dot. */
  public List<String> receiveUntil(String terminatorLine) {
    List<String> lines = new ArrayList<>();
    for (String line = receiveLine(); !line.equals(terminatorLine); line = receiveLine()) {
      lines.add(line);
    }
    return lines;
  }

  /** That many bytes as they come. */
  public byte[] receiveBytes(int count) {
    return read(count, count + " bytes", deadline());
  }

  /** Waits for the whole duration and fails if anything comes, the end of the stream included. */
  public void expectNothing(Duration duration) {
    try {
      socket.setSoTimeout(millis(duration));
      int b = in.read();
      throw new AssertionError(
          "Awaited nothing, received " + (b < 0 ? "the end of the stream" : surplus(b)));
    } catch (SocketTimeoutException e) {
      // as it should be
    } catch (IOException e) {
      throw new AssertionError("Awaited nothing, lost the connection", e);
    }
  }

  /** Waits for the peer to close the connection, in the usual way or by a reset. */
  public void expectClosed() {
    try {
      socket.setSoTimeout(millis(timeout));
      int b = in.read();
      if (b >= 0) {
        throw new AssertionError("Awaited the end of the stream, received " + surplus(b));
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError(timeout + " passed, and the connection is still open", e);
    } catch (IOException e) {
      // reset: closed as well
    }
  }

  /** Closes at once, so that the peer sees a reset rather than the end of the stream. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Packet receive(String awaited) {
    long deadline = deadline();
    byte[] header = read(Packet.HEADER_SIZE, awaited, deadline);
    String magic = new String(header, 0, 4, ISO_8859_1);
    PacketType type = PacketType.of(number(header, 4));
    int size = number(header, 8);
    boolean request = magic.equals("\0REQ");
    if (!(request || magic.equals("\0RES")) || type == null || size < 0 || size > MAX_SIZE) {
      throw new AssertionError("Awaited " + awaited + ", received " + shown(header));
    }
    byte[] body = read(size, "the " + size + " bytes of " + type, deadline);
    byte[][] arguments = split(type, body);
    return request ? Packet.request(type, arguments) : Packet.response(type, arguments);
  }

  /** All arguments but the last end at a NUL; a type without arguments has its body ignored. */
  private static byte[][] split(PacketType type, byte[] body) {
    byte[][] arguments = new byte[type.arguments().size()][];
    int from = 0;
    for (int i = 0; i < arguments.length; i++) {
      int to = from;
      while (i < arguments.length - 1 && to < body.length && body[to] != 0) {
        to++;
      }
      if (i == arguments.length - 1) {
        to = body.length;
      } else if (to == body.length) {
        throw new AssertionError("Too few arguments for " + type + ": " + shown(body));
      }
      arguments[i] = Arrays.copyOfRange(body, from, to);
      from = to + 1;
    }
    return arguments;
  }

  private byte[] read(int length, String awaited, long deadline) {
    byte[] bytes = new byte[length];
    int read = 0;
    while (read < length) {
      read += read(bytes, read, deadline, awaited);
    }
    return bytes;
  }

  /** Reads at least one byte, of those that still fit. */
  private int read(byte[] into, int from, long deadline, String awaited) {
    String problem;
    try {
      socket.setSoTimeout(millis(Duration.ofNanos(deadline - System.nanoTime())));
      int read = in.read(into, from, into.length - from);
      if (read > 0) {
        return read;
      }
      problem = "the stream ended";
    } catch (SocketTimeoutException e) {
      problem = timeout + " passed";
    } catch (IOException e) {
      problem = "the connection was lost (" + e.getMessage() + ')';
    }
    throw new AssertionError(
        "Awaited %s, but %s after %s"
            .formatted(awaited, problem, shown(Arrays.copyOf(into, from))));
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  /** Never 0, which a socket takes for ever. */
  private static int millis(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
  }

  /** A byte that should not have come, and what has come with it. */
  private String surplus(int first) throws IOException {
    byte[] others = in.readNBytes(in.available());
    return HexFormat.of().toHexDigits((byte) first) + shown(others);
  }

  private static String shown(byte[] bytes) {
    return bytes.length <= SHOWN_BYTES
        ? '<' + HexFormat.of().formatHex(bytes) + '>'
        : bytes.length + " bytes";
  }

  private static byte[][] bytes(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(ISO_8859_1)).toArray(byte[][]::new);
  }

  private static int number(byte[] bytes, int from) {
    return ByteBuffer.wrap(bytes).getInt(from);
  }
}
