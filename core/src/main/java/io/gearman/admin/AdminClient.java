// SPDX-License-Identifier: Apache-2.0
package io.gearman.admin;

import io.gearman.ConnectionException;
import io.gearman.JobHandle;
import io.gearman.ServerErrorException;
import io.gearman.protocol.ProtocolException;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks a job server about itself and changes what an operator may change, in the text protocol
 * (section "Administrative Protocol" of the protocol document).
 *
 * <p>Everything is cold: each subscription connects, sends one command, reads the answer and closes
 * the connection. Cancelling closes the connection; a command that has been sent may be carried out
 * all the same. A {@code Flux} reads on only as far as its subscriber asks for more, one read of
 * the socket ahead. Signals come on the event loop of the connection.
 *
 * <p>Every publisher can end with
 *
 * <ul>
 *   <li>a {@link ConnectionException}: no connection was made (phase CONNECT), or the server closed
 *       it or was silent for {@link ConnectionSettings#connectTimeout()} before the answer was
 *       complete (phase UNANSWERED). A subscriber that takes its time is no silence of the server;
 *   <li>a {@link ServerErrorException}: the server refused the command. Its code is {@code ERR}
 *       where the server gives a text without a code;
 *   <li>a {@link ProtocolException}: the server sent something else than an answer to the command.
 *       The message has the line.
 * </ul>
 *
 * <p>Names are UTF-8; bytes that are not come as U+FFFD. The text protocol separates words by
 * blanks and does not escape them, so that a function must be one word here: 1 to 512 bytes without
 * blanks and control characters, everything else is an {@link IllegalArgumentException} at once.
 */
public interface AdminClient {

  /** A client of this server with {@link ConnectionSettings#defaults()}. Connects to nobody yet. */
  static AdminClient create(ServerAddress server) {
    return create(server, ConnectionSettings.defaults());
  }

  /**
   * A client of this server. Connects to nobody yet.
   *
   * @param settings how to connect, and how long the server may be silent; packets and their limit
   *     do not come into it
   */
  static AdminClient create(ServerAddress server, ConnectionSettings settings) {
    return new DefaultAdminClient(server, settings);
  }

  /** The version of the server, such as {@code 1.1.20} ({@code version}). */
  Mono<String> version();

  /** The process id of the server ({@code getpid}). */
  Mono<Long> pid();

  /** The level of the server's log, such as {@code ERROR} or {@code INFO} ({@code verbose}). */
  Mono<String> verbosity();

  /** The functions that the server knows, in no order ({@code status}). */
  Flux<FunctionStatus> status();

  /** Waiting jobs of each function by priority, in no order ({@code prioritystatus}). */
  Flux<PriorityStatus> priorityStatus();

  /**
   * All connections to the server: workers, clients, and the one that asks ({@code workers}). Those
   * of workers have functions.
   */
  Flux<ConnectionStatus> workers();

  /** All jobs that have not ended ({@code show jobs}). */
  Flux<JobEntry> jobs();

  /**
   * The unique ids of all jobs that have not ended, an empty one for each job without ({@code show
   * unique jobs}). Unique ids that are a single dot, or first and begin with {@code ERR} and a
   * blank, cannot be told from the end of the list and from a refusal.
   */
  Flux<String> uniqueIds();

  /**
   * Cancels a waiting job, so that who waits for it hears of its failure ({@code cancel job}).
   * gearmand says the same of a running job, whose worker is not told and may still complete it.
   * The code for a job that the server does not know is {@code UNKNOWN_JOB}.
   *
   * @param handle of a job of this server, with the server's address as this client has it
   * @throws IllegalArgumentException if the handle is of another server, or is not one word
   */
  Mono<Void> cancel(JobHandle handle);

  /** Makes a function known without any worker; nothing happens if it is ({@code create}). */
  Mono<Void> createFunction(String function);

  /**
   * Forgets a function ({@code drop function}). The server refuses if it has workers or running
   * jobs, or does not exist. gearmand takes upper and lower case for the same here, and drops a
   * function with waiting jobs, which harms it.
   */
  Mono<Void> dropFunction(String function);

  /**
   * Limits the jobs of a function, whatever their priority ({@code maxqueue}): a submission is
   * refused (QUEUE_ERROR) if the function has as many jobs already. gearmand counts running jobs
   * and all priorities in each limit, and leaves a function that does not exist without one.
   *
   * @param limit 0 or more; 0 is no limit
   */
  Mono<Void> maxQueue(String function, int limit);

  /**
   * Limits the jobs of a function, with a limit for the submissions of each priority ({@code
   * maxqueue}).
   *
   * @param high 0 or more; 0 is no limit
   * @param normal as {@code high}
   * @param low as {@code high}
   */
  Mono<Void> maxQueue(String function, int high, int normal, int low);

  /** Takes all limits from a function ({@code maxqueue} without a limit). */
  Mono<Void> removeMaxQueue(String function);

  /**
   * Ends the server at once ({@code shutdown}). A server that does not let itself be ended this
   * way, such as gearmand, refuses with {@code UNKNOWN_COMMAND}; one that is gone before its answer
   * is out looks like any that closes the connection.
   */
  Mono<Void> shutdown();

  /**
   * Ends the server when its jobs have ended ({@code shutdown graceful}). Completes when the server
   * has agreed, not when it is gone; otherwise as {@link #shutdown()}.
   */
  Mono<Void> shutdownGracefully();
}
