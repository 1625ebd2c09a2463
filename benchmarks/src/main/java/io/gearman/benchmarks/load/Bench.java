// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What scenarios are measured with.
 *
 * @param cores that processes are pinned to
 * @param network what comes before a command, so that it runs in a network of its own; or nothing
 * @param progress for whoever waits
 */
record Bench(Plan plan, Tools tools, Cores cores, List<String> network, PrintStream progress) {

  private static final Duration START = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int LOOK_MILLIS = 20;
  private static final AtomicInteger STARTED = new AtomicInteger(); // each has a log of its own

  /** In the network of this machine. */
  Bench(Plan plan, Tools tools, Cores cores, PrintStream progress) {
    this(plan, tools, cores, List.of(), progress);
  }

  Bench within(Ethernet ethernet) {
    return new Bench(plan, tools, cores, ethernet.prefix(), progress);
  }

  /** A process that listens on a port. */
  record Server(Child child, int port) implements AutoCloseable {

    @Override
    public void close() {
      child.close();
    }
  }

  /** Starts a server on a free port and returns when it listens. */
  Server startServer(Program program, List<String> arguments, int processes) {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      Child child = start(program, port, arguments, 0, processes);
      try {
        awaitPort(child, port);
        return new Server(child, port);
      } catch (LoadException e) {
        child.close();
        if (attempt == ATTEMPTS) { // the port may have been taken in between
          throw e;
        }
      }
    }
  }

  /** Starts a client or worker and returns when it is ready. */
  Child startReady(Program program, int port, List<String> arguments, int index, int processes) {
    Child child = start(program, port, arguments, index, processes);
    try {
      child.awaitReady(START);
      return child;
    } catch (LoadException e) {
      child.close();
      throw e;
    }
  }

  private Child start(Program program, int port, List<String> arguments, int index, int processes) {
    List<String> command = new ArrayList<>(network);
    command.addAll(cores.prefix(index, processes));
    command.addAll(tools.command(program, port, arguments));
    String log = "%d %s.log".formatted(STARTED.incrementAndGet(), program.label());
    return Child.start(program.label(), command, tools.folder(), tools.folder().resolve(log));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort(Child child, int port) {
    long from = System.nanoTime();
    while (!listens(port)) {
      if (!child.isAlive()) {
        throw child.ended();
      }
      if (System.nanoTime() - from > START.toNanos()) {
        throw new LoadException("Nobody listens on port %d after %s".formatted(port, START));
      }
      LockSupport.parkNanos(Duration.ofMillis(LOOK_MILLIS).toNanos());
    }
    if (!child.isAlive()) { // and somebody else listens
      throw child.ended();
    }
  }

  private boolean listens(int port) {
    return network.isEmpty() ? accepts(port) : acceptsThere(port);
  }

  private boolean acceptsThere(int port) {
    List<String> command = new ArrayList<>(network);
    command.addAll(List.of("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port));
    return Tools.output(command).isPresent();
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void say(String text) {
    progress.println(text);
  }
}
