// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;

/**
 * A server as a process, from its start to its end. All of it happens on the thread that runs it:
 * signals and the end of the server only queue up for it, so that none is lost while it starts.
 *
 * <pre>
 *   starting --> serving --USR1--> draining --no job left--> ended
 *                   |                 |                        ^
 *                   +----TERM, INT----+---> stopping, as long as jobs may go on
 *                                              |               ^
 *                                              +---TERM, INT---+
 * </pre>
 *
 * A state passes over the signals that it does not name, but for a TERM or INT at the very end:
 * then it is not waited for.
 */
final class ServerRun {

  enum Event {
    STOP,
    DRAIN,
    HANG_UP,
    ENDED
  }

  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(ServerRun.class);

  private final PrintStream out;

  /** What has happened and is not dealt with. */
  final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  ServerRun(PrintStream out) {
    this.out = out;
  }

  /** Runs a server until it ends: 0, or a {@link CommandException} if it could not start. */
  int run(ServerSetup setup) {
    Signals.handle("TERM", () -> events.add(Event.STOP));
    Signals.handle("INT", () -> events.add(Event.STOP));
    Signals.handle("USR1", () -> events.add(Event.DRAIN));
    boolean hangUps = Signals.handle("HUP", () -> events.add(Event.HANG_UP));
    Log.start(setup.log(), setup.verbosity());
    if (!hangUps && (setup.tls() || setup.log() instanceof LogTarget.ToFile)) {
      log.warn(
          "SIGHUP is ignored by whoever started this process, such as nohup:"
              + " the log file is not opened again, and those of TLS are not read again");
    }
    JobServer.Bound server = bind(setup);
    DisposableServer http = bindHttp(setup, server);
    server.onDispose().subscribe(null, null, () -> events.add(Event.ENDED));
    PidFile pidFile = setup.pidFile() == null ? null : PidFile.write(setup.pidFile());
    try {
      String listening = "Listening on " + NetUtil.toSocketAddressString(address(server));
      log.info("{}; {}, process {}", listening, Version.line(), ProcessHandle.current().pid());
      out.println(listening);
      if (server.adminAddress() instanceof InetSocketAddress admin) {
        out.println("Administrators on " + NetUtil.toSocketAddressString(admin));
      }
      if (http != null && http.address() instanceof InetSocketAddress address) {
        out.println("HTTP on " + NetUtil.toSocketAddressString(address));
      }
      out.flush();
      serve(server, setup.stopTimeout());
      awaitEnd(http);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      remove(pidFile);
    }
    return 0;
  }

  private static JobServer.Bound bind(ServerSetup setup) {
    return bound(setup.server().bind());
  }

  /** Null if there is to be none; the server ends if there cannot be one. */
  private static @Nullable DisposableServer bindHttp(ServerSetup setup, JobServer.Bound server) {
    if (setup.http() == null) {
      return null;
    }
    try {
      return bound(setup.http().apply(server).bind());
    } catch (CommandException e) {
      server.disposeNow(STOP_TIMEOUT);
      throw e;
    }
  }

  private static <T> T bound(Mono<T> bind) {
    try {
      return bind.blockOptional(START_TIMEOUT).orElseThrow();
    } catch (ChannelBindException e) {
      throw new CommandException(
          "cannot listen on " + ServerSetup.address(e.localHost(), e.localPort()), e);
    } catch (RuntimeException e) {
      throw new CommandException("cannot start", e);
    }
  }

  /** The listener lets the last answers be taken, and ends by itself. */
  private static void awaitEnd(@Nullable DisposableServer http) {
    if (http != null) {
      http.onDispose().timeout(STOP_TIMEOUT).onErrorComplete().block();
    }
  }

  private static InetSocketAddress address(JobServer.Bound server) {
    return (InetSocketAddress) server.address();
  }

  /**
   * Deals with what happens until the server has ended.
   *
   * @param stopTimeout how long jobs may go on after a stop
   */
  void serve(JobServer.Bound server, Duration stopTimeout) throws InterruptedException {
    boolean draining = false;
    boolean stopping = false;
    while (true) {
      Event event = events.take();
      if (event == Event.HANG_UP) {
        reopenLog();
        reloadTls(server);
      } else if (event == Event.DRAIN && draining) {
        log.info("Draining already: SIGTERM ends the server before its jobs have ended");
      } else if (event == Event.DRAIN) {
        draining = true;
        log.info("Draining: the port is closed, and the server ends when no job is left");
        server.drain().subscribe();
      } else if (event == Event.STOP && !stopping && stopTimeout.compareTo(Duration.ZERO) > 0) {
        draining = true;
        stopping = true;
        log.info("Stopping: the port is closed, and jobs have {} to end", stopTimeout);
        server.drain(stopTimeout).subscribe();
      } else {
        if (event != Event.ENDED) {
          stop(server);
        }
        log.info("Ended");
        return;
      }
    }
  }

  /** Waits until everything is closed, but not for ever, and not when it is told once more. */
  private void stop(JobServer.Bound server) throws InterruptedException {
    log.info("Stopping: the port and all connections are closed");
    server.dispose();
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
    @Nullable Event event;
    do {
      event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } while (event == Event.HANG_UP || event == Event.DRAIN);
  }

  private static void reopenLog() {
    log.info("Opening the log file again");
    try {
      Log.reopen();
    } catch (IOException e) {
      log.error(
          "The log goes on in the old file, as it cannot be opened again: {}",
          CommandException.reason(e));
    }
  }

  private static void reloadTls(JobServer.Bound server) {
    try {
      server.reloadTls().block();
    } catch (RuntimeException e) {
      log.error("What was read before stays in force: {}", e.getMessage());
    }
  }

  private static void remove(@Nullable PidFile file) {
    try {
      if (file != null) {
        file.remove();
      }
    } catch (IOException e) {
      log.warn("The pid file could not be removed", e);
    }
  }
}
