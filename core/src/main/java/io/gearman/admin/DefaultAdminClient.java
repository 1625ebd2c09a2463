// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import static io.gearman.admin.Arguments.limit;
import static io.gearman.admin.Arguments.word;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gearman.JobHandle;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Asks one command on each connection. */
final class DefaultAdminClient implements AdminClient {

  /** Longest line that is read: a worker's, with all its functions. */
  static final int MAX_LINE = 1 << 20;

  private final ServerAddress server;
  private final ConnectionSettings settings;

  DefaultAdminClient(ServerAddress server, ConnectionSettings settings) {
    this.server = requireNonNull(server, "server");
    this.settings = requireNonNull(settings, "settings");
  }

  @Override
  public Mono<String> version() {
    return line("version", DefaultAdminClient::version);
  }

  /** The Perl server says {@code v1.130.1} without an OK. */
  private static String version(String line) {
    return line.matches("v[0-9][0-9.]*") ? line.substring(1) : ReplyReader.ok(line);
  }

  @Override
  public Mono<Long> pid() {
    return line("getpid", line -> Row.number(ReplyReader.ok(line)));
  }

  @Override
  public Mono<String> verbosity() {
    return line("verbose", ReplyReader::ok);
  }

  @Override
  public Flux<FunctionStatus> status() {
    return list("status", FunctionStatus::parse);
  }

  @Override
  public Flux<PriorityStatus> priorityStatus() {
    return list("prioritystatus", PriorityStatus::parse);
  }

  @Override
  public Flux<ConnectionStatus> workers() {
    return list("workers", ConnectionStatus::parse);
  }

  @Override
  public Flux<JobEntry> jobs() {
    return list("show jobs", line -> JobEntry.parse(server, line));
  }

  @Override
  public Flux<String> uniqueIds() {
    return list("show unique jobs", unique -> unique);
  }

  @Override
  public Mono<Void> cancel(JobHandle handle) {
    if (!handle.server().equals(server.toString())) {
      throw new IllegalArgumentException(
          "Job " + handle + " is not of server " + server + ", which this client asks");
    }
    return done("cancel job " + word("handle", handle.id()));
  }

  @Override
  public Mono<Void> createFunction(String function) {
    return done("create function " + word("function", function));
  }

  @Override
  public Mono<Void> dropFunction(String function) {
    return done("drop function " + word("function", function));
  }

  @Override
  public Mono<Void> maxQueue(String function, int limit) {
    return done("maxqueue " + word("function", function) + ' ' + limit("limit", limit));
  }

  @Override
  public Mono<Void> maxQueue(String function, int high, int normal, int low) {
    return done(
        "maxqueue %s %s %s %s"
            .formatted(
                word("function", function),
                limit("high", high),
                limit("normal", normal),
                limit("low", low)));
  }

  @Override
  public Mono<Void> removeMaxQueue(String function) {
    return done("maxqueue " + word("function", function));
  }

  @Override
  public Mono<Void> shutdown() {
    return done("shutdown");
  }

  @Override
  public Mono<Void> shutdownGracefully() {
    return done("shutdown graceful");
  }

  private <T> Flux<T> list(String text, Function<String, T> parser) {
    Command command = new Command(server, text);
    return ask(command, () -> ReplyReader.list(command, parser));
  }

  private <T> Mono<T> line(String text, Function<String, T> parser) {
    Command command = new Command(server, text);
    return ask(command, () -> ReplyReader.line(command, parser)).singleOrEmpty();
  }

  private Mono<Void> done(String text) {
    return line(text, ReplyReader::bareOk).then();
  }

  private <T> Flux<T> ask(Command command, Supplier<ReplyReader<T>> reader) {
    return settings
        .connect(server)
        .flatMapMany(
            connected ->
                Flux.using(
                    () -> connected,
                    connection -> lines(command, connection).handle(reader.get()),
                    Connection::dispose));
  }

  /** Sends the command; an end of the lines that their reader has not seen coming is an error. */
  private Flux<String> lines(Command command, Connection connection) {
    connection.addHandlerLast("gearman.silence", new SilenceHandler(settings.connectTimeout()));
    connection.addHandlerLast("gearman.lines", new LineBasedFrameDecoder(MAX_LINE, false, true));
    return connection
        .outbound()
        .sendByteArray(Mono.just(command.line()))
        .then()
        .thenMany(connection.inbound().receive().asString(UTF_8))
        .map(DefaultAdminClient::withoutEnd)
        .concatWith(Mono.error(command::closed))
        .onErrorMap(error -> command.failure(error, settings.connectTimeout(), MAX_LINE));
  }

  /** Ends are left to lines, because reactor-netty may drop an empty buffer: an empty line. */
  private static String withoutEnd(String line) {
    int end = line.length() - 1;
    return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
  }
}
