// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import static java.util.Objects.requireNonNull;

import io.gearman.ConnectionException;
import io.gearman.admin.AdminClient;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.ServerLink;
import io.gearman.transport.ServerLinks;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Where the submissions of one client may go.
 *
 * @param links the shared connections
 * @param selection in which order they come into question
 * @param streams by the name of the server, the connections for single jobs
 */
record Servers(
    ServerLinks<ClientSession> links,
    ServerOrder<ServerLink<ClientSession>> selection,
    Map<ServerAddress, StreamConnections> streams,
    ClientSettings settings) {

  /** The servers that come into question for a job, the preferred one first. */
  List<ServerLink<ClientSession>> order(JobRequest job) {
    return selection.order(job.unique().meetingPoint(job.workload()));
  }

  StreamConnections streamsOf(ClientSession shared) {
    return requireNonNull(streams.get(shared.server()), "streams");
  }

  /** Completes if a server has a worker for a job, and else fails. */
  Mono<Void> served(JobRequest job, ServerAddress server) {
    return AdminClient.create(server, settings.connection())
        .status()
        .any(known -> known.function().equals(job.function()) && known.workers() > 0)
        .onErrorMap(ConnectionException.class, lost -> unasked(server, lost))
        .flatMap(
            served ->
                served
                    ? Mono.empty()
                    : Mono.error(new NoWorkerException(server.toString(), job.function())));
  }

  /** Whatever became of the question, the job was not sent. */
  private static ConnectionException unasked(ServerAddress server, ConnectionException lost) {
    return new ConnectionException(
        server.toString(),
        ConnectionException.Phase.CONNECT,
        "Cannot ask server " + server + " for its workers: " + lost.getMessage(),
        lost);
  }
}
