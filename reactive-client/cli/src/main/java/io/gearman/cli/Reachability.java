// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import io.gearman.client.GearmanClient;
import io.gearman.transport.ConnectionState;
import io.gearman.transport.ConnectionState.Status;
import io.gearman.transport.CutShort;
import io.gearman.transport.ServerAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Whether there is any use in waiting for a server. A client waits for one that may come; somebody
 * at a terminal wants to hear that there is none. So jobs wait for a server that was there and may
 * come back, but neither while none has been there yet and all have failed once, nor after one of
 * them has waited in vain.
 *
 * <p>Told by event loops and asked by other threads: hence what is volatile or concurrent.
 */
final class Reachability {

  private static final String TLS_PROBLEM = "TLS failed";

  private final List<ServerAddress> servers;
  private final Map<ServerAddress, ConnectionState> states = new ConcurrentHashMap<>();
  private final Sinks.One<ConnectionException> noneAtFirst = Sinks.one();
  private volatile boolean begun; // a server was ready, or none could be reached
  private volatile boolean givenUp;

  /** Listens to the states of the client's servers until the client is disposed of. */
  Reachability(GearmanClient client, List<ServerAddress> servers) {
    this.servers = servers;
    client.states().subscribe(this::changed);
  }

  private void changed(ConnectionState state) {
    states.put(state.server(), state);
    if (state.status() == Status.READY) {
      begun = true;
      givenUp = false;
      noneAtFirst.tryEmitEmpty();
    } else if (!begun && areAllDown()) {
      givenUp = true; // first, since it is read last
      begun = true;
      noneAtFirst.tryEmitValue(unreachable());
    }
  }

  /** One that is passed over because it is slow has not failed. */
  private boolean areAllDown() {
    return states.size() == servers.size()
        && states.values().stream()
            .allMatch(state -> state.status() == Status.DOWN && state.failures() > 0);
  }

  /** The events of a job, or why it was not submitted. */
  <T> Flux<T> guard(Flux<T> job) {
    return Flux.defer(() -> awaiting(job)).doOnError(ConnectionException.class, this::failed);
  }

  private <T> Flux<T> awaiting(Flux<T> job) {
    boolean hasBegun = begun;
    if (givenUp && areAllDown()) {
      return Flux.error(unreachable());
    }
    return hasBegun ? job : CutShort.by(noneAtFirst.asMono(), job);
  }

  private void failed(ConnectionException failure) {
    if (failure.phase() == Phase.CONNECT) {
      givenUp = true;
    }
  }

  private ConnectionException unreachable() {
    String problems =
        servers.stream()
            .map(states::get)
            .map(Reachability::described)
            .collect(Collectors.joining("; "));
    return new ConnectionException(servers.get(0).toString(), Phase.CONNECT, problems, null);
  }

  /** Netty says more of a connection than users want to know; what is said of TLS is good. */
  private static String described(ConnectionState state) {
    Throwable cause = state.cause();
    if (cause == null) {
      return "cannot connect to " + state.server();
    }
    String message = String.valueOf(cause.getMessage());
    int tls = message.indexOf(TLS_PROBLEM);
    return "cannot connect to %s: %s"
        .formatted(
            state.server(), tls < 0 ? CommandException.reason(cause) : message.substring(tls));
  }
}
