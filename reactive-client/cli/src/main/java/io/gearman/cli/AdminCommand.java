// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gearman.protocol.Printable;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.netty.handler.ssl.JdkSslContext;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code gearman admin}: what gearadmin does, byte by byte, but for its mistakes: it finds the end
 * of a reply by waiting for 5 ms of silence, it exits with 0 when the server refused, and it has
 * the terminal do what control characters in names say.
 */
@Command(
    name = "admin",
    description = "Ask a job server, or tell it; the options of gearadmin have their meaning.",
    abbreviateSynopsis = true)
final class AdminCommand implements Callable<Integer> {

  private final UnaryOperator<@Nullable String> environment;
  private final OutputStream out;
  private final Duration timeout;
  private final Charset charset;

  @Option(
      names = {"-h", "--host"},
      paramLabel = "HOST",
      description = "The server's host; 127.0.0.1 by default.")
  private String host = "127.0.0.1";

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Its port; 4730 by default.")
  private int port = ServerAddress.DEFAULT_PORT;

  @Option(names = "--help", usageHelp = true, description = "Print this help.")
  boolean help; // read by picocli

  @Mixin private final ClientTlsOptions tls = new ClientTlsOptions();
  @Mixin private final AdminOptions options = new AdminOptions();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  /**
   * @param environment the environment variables
   * @param out takes replies as they come
   * @param timeout how long the server may be silent
   * @param charset that of the words
   */
  AdminCommand(
      UnaryOperator<@Nullable String> environment,
      OutputStream out,
      Duration timeout,
      Charset charset) {
    this.environment = environment;
    this.out = out;
    this.timeout = timeout;
    this.charset = charset;
  }

  @Override
  public Integer call() {
    List<AdminRequest> requests = requests();
    SSLContext secure = secure();
    try (AdminConnection connection = connect(secure)) {
      boolean granted = true;
      for (AdminRequest request : requests) {
        granted &= ask(connection, request);
      }
      flush();
      return granted ? 0 : 1;
    } catch (SocketTimeoutException e) {
      throw new CommandException(server() + " has been silent for " + timeout.toMillis() + " ms");
    } catch (IOException e) {
      throw new CommandException(server(), e);
    }
  }

  private List<AdminRequest> requests() {
    try {
      Range.check("--port", port, 1, Range.MAX_PORT);
      if (host.isBlank()) {
        throw new IllegalArgumentException("--host must not be empty");
      }
      return options.requests(charset);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Gearman.commandLine(spec), e.getMessage(), e);
    }
  }

  /** Null for plain TCP. */
  private @Nullable SSLContext secure() {
    try {
      TlsSettings settings = tls.settings(environment);
      return settings == null ? null : ((JdkSslContext) settings.clientContext()).context();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Gearman.commandLine(spec), e.getMessage(), e);
    }
  }

  private AdminConnection connect(@Nullable SSLContext secure) {
    try {
      AdminConnection connection =
          AdminConnection.open(InetAddress.getAllByName(host), port, timeout);
      if (secure != null) {
        connection.secure(secure, host.replaceAll("[\\[\\]]", ""));
      }
      return connection;
    } catch (UnknownHostException e) {
      throw new CommandException("cannot connect to " + server() + ": the host is not known");
    } catch (IOException e) {
      throw new CommandException("cannot connect to " + server(), e);
    }
  }

  private String server() {
    return ServerSetup.address(host, port);
  }

  /** Whether the server did as it was told. */
  private boolean ask(AdminConnection connection, AdminRequest request) throws IOException {
    connection.send(request.line());
    byte[] first;
    try {
      first = connection.receive();
    } catch (EOFException e) {
      if (request.answer() == AdminRequest.Answer.LINE_OR_END) {
        return true;
      }
      throw e;
    }
    String text = new String(first, ISO_8859_1);
    if (text.startsWith("ERR ") && text.endsWith("\r\n")) { // no line of a list has a CR
      refused(Printable.name(text.substring("ERR ".length()).strip()));
      return false;
    }
    if (request.answer() == AdminRequest.Answer.LIST) {
      printList(connection, first);
    } else {
      String answer = text.strip().replaceFirst("^OK ", "") + '\n';
      out.write(Printable.line(answer.getBytes(ISO_8859_1)));
    }
    return true;
  }

  private void printList(AdminConnection connection, byte[] first) throws IOException {
    byte[] line = first;
    while (line[0] != '.' || new String(line, ISO_8859_1).strip().length() > 1) {
      out.write(Printable.line(line));
      line = connection.receive();
    }
    out.write(Printable.line(line));
  }

  /** A stream that prints keeps to itself that it could not. */
  private void flush() throws IOException {
    out.flush();
    if (out instanceof PrintStream printed && printed.checkError()) {
      throw new CommandException("the answer cannot be written to standard output");
    }
  }

  private void refused(String reason) throws IOException {
    out.flush(); // what was granted comes first
    PrintWriter err = Gearman.commandLine(spec).getErr();
    err.println("Error: " + reason);
    err.flush();
  }
}
