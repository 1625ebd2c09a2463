// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import io.gearman.testkit.PeerProcess;
import io.gearman.testkit.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A worker of each peer for all tests of a class, and the processes that single tests start. */
final class Peers implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final RunningServer server;
  private final List<PeerProcess> ofClass = new ArrayList<>();
  private final List<PeerProcess> ofTest = new ArrayList<>();

  Peers(RunningServer server) {
    this.server = server;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    for (Peer peer : Peer.values()) {
      if (peer.isInstalled()) {
        functions(peer).forEach(f -> ofClass.add(startWorker(peer, prefix(peer), f)));
      }
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    context.getExecutionException().ifPresent(this::addWhatAllSaid);
    close(ofTest);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close(ofClass);
  }

  private void addWhatAllSaid(Throwable failure) {
    String processes =
        Stream.concat(ofTest.stream(), ofClass.stream())
            .map(PeerProcess::toString)
            .collect(Collectors.joining("\n\n"));
    failure.addSuppressed(new AssertionError("What all processes said:\n" + processes));
  }

  /** The command knows one function, and the others all of theirs, whichever is named. */
  private static List<String> functions(Peer peer) {
    return peer == Peer.COMMAND ? List.of("reverse", "fail") : List.of("reverse");
  }

  /** A name that no other test uses, on a server that they share. */
  static String uniqueName() {
    return "test" + NAMES.incrementAndGet();
  }

  /** A function of the worker that runs for all tests. */
  static String function(Peer worker, String name) {
    return prefix(worker.required()) + '-' + name;
  }

  /** Starts a worker of a function, whose name is this prefix, a dash and its own. */
  PeerProcess worker(Peer peer, String prefix, String function) {
    return ofTest(startWorker(peer.required(), prefix, function));
  }

  /** Starts a client. */
  PeerProcess client(Peer peer, String command, String function, String... arguments) {
    Stream<String> first = Stream.of(port(), command, function);
    return ofTest(
        peer.required().start(Role.CLIENT, Stream.concat(first, Stream.of(arguments)).toList()));
  }

  private PeerProcess startWorker(Peer peer, String prefix, String function) {
    return peer.start(Role.WORKER, List.of(port(), prefix, function));
  }

  private PeerProcess ofTest(PeerProcess process) {
    ofTest.add(process);
    return process;
  }

  private String port() {
    return Integer.toString(server.address().port());
  }

  private static String prefix(Peer peer) {
    return peer.name().toLowerCase(Locale.ROOT);
  }

  private static void close(List<PeerProcess> processes) {
    processes.forEach(PeerProcess::close);
    processes.clear();
  }
}
