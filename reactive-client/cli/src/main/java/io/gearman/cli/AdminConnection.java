// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A connection that exchanges lines of bytes with a server and is never silent for longer than a
 * timeout. It does not understand the lines, so that they can be shown as they came.
 */
final class AdminConnection implements Closeable {

  private static final int MAX_LINE = 64 << 20;

  private Socket socket;
  private InputStream in;
  private boolean accepted = true; // by TLS 1.3 it is not known before something is heard

  private AdminConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Goes on by TLS if the server is the one at this host; otherwise closes the connection. */
  void secure(SSLContext context, String host) throws IOException {
    try {
      SSLSocketFactory factory = context.getSocketFactory();
      SSLSocket secured = (SSLSocket) factory.createSocket(socket, host, socket.getPort(), true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      socket = secured;
      in = new BufferedInputStream(secured.getInputStream());
      accepted = false;
    } catch (IOException e) {
      socket.close();
      throw new IOException(problem(e));
    }
  }

  private static String problem(IOException e) {
    if (e instanceof SocketException) {
      return ended(e);
    }
    boolean spoken = e instanceof SSLHandshakeException && !(e.getCause() instanceof EOFException);
    return (spoken ? "TLS failed: " : "the server does not speak TLS: ")
        + CommandException.reason(e);
  }

  private static String ended(IOException e) {
    return "TLS failed: the server ended the connection, as one does that wants a certificate, or"
        + " another: "
        + CommandException.reason(e);
  }

  /** Connects to the first address that answers; if none does, says why the last did not. */
  static AdminConnection open(InetAddress[] addresses, int port, Duration timeout)
      throws IOException {
    IOException problem = new IOException("the host has no address");
    for (InetAddress address : addresses) {
      try {
        return open(new InetSocketAddress(address, port), timeout);
      } catch (IOException e) {
        problem = e;
      }
    }
    throw problem;
  }

  private static AdminConnection open(InetSocketAddress address, Duration timeout)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.connect(address, (int) timeout.toMillis());
      return new AdminConnection(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a line with the CR LF that gearmand needs. */
  void send(byte[] line) throws IOException {
    byte[] whole = Arrays.copyOf(line, line.length + 2);
    whole[line.length] = '\r';
    whole[line.length + 1] = '\n';
    try {
      socket.getOutputStream().write(whole);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** The next line with its end. */
  byte[] receive() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < MAX_LINE) {
      int next = read();
      if (next < 0) {
        throw new EOFException("the server closed the connection without an answer");
      }
      line.write(next);
      if (next == '\n') {
        return line.toByteArray();
      }
    }
    throw new IOException("the server sent a line of more than " + MAX_LINE + " bytes");
  }

  private int read() throws IOException {
    try {
      int next = in.read();
      accepted = true;
      return next;
    } catch (IOException e) {
      throw explained(e);
    }
  }

  private IOException explained(IOException e) {
    return accepted || e instanceof SocketTimeoutException ? e : new IOException(ended(e));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
