// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.protocol.PacketType;
import io.gearman.testkit.FaultRelay.Passage;
import io.gearman.transport.ServerAddress;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.netty.tcp.TcpClient;

/**
 * A job server in a process of its own, ours or gearmand, that is reached by a name and through a
 * relay, and what may befall it on the way. For a static field: one process serves all tests but
 * those that kill it.
 */
public final class StruckServer implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private static final String NAME = "jobs.test";
  private static final String FIRST_HOST = "127.0.0.1";
  private static final String OTHER_HOST = "127.0.0.2";

  /** A process and how it is ended. */
  private record Running(int port, Runnable kill, Runnable close) {

    static <P> Running of(P process, ToIntFunction<P> port, Consumer<P> kill, AutoCloseable close) {
      return new Running(
          port.applyAsInt(process),
          () -> kill.accept(process),
          () -> {
            try {
              close.close();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private final Supplier<Running> start;
  private final Duration stall;
  private volatile @Nullable Running running;
  private volatile @Nullable FaultRelay relay;
  private volatile @Nullable FaultRelay otherRelay; // where the name leads later
  private volatile String host = FIRST_HOST;
  private volatile CountDownLatch struck = new CountDownLatch(1);
  private volatile @Nullable Thread deed; // which takes longer than a packet may wait

  private StruckServer(Supplier<Running> start, Duration stall) {
    this.start = start;
    this.stall = stall;
  }

  /**
   * Our server.
   *
   * @param stall how long a stall lasts
   */
  public static StruckServer ours(Duration stall) {
    return new StruckServer(
        () -> {
          JobServerProcess process = JobServerProcess.start();
          return Running.of(process, JobServerProcess::port, JobServerProcess::kill, process);
        },
        stall);
  }

  /** The gearmand that is installed; see {@link EnabledIfGearmand}. */
  public static StruckServer gearmand(Duration stall) {
    return new StruckServer(
        () -> {
          GearmandProcess process = GearmandProcess.start();
          return Running.of(process, GearmandProcess::port, GearmandProcess::kill, process);
        },
        stall);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (running == null) {
      running = start.get();
    }
    host = FIRST_HOST;
    struck = new CountDownLatch(1);
    relay = new FaultRelay(FIRST_HOST, 0, direct());
    otherRelay = new FaultRelay(OTHER_HOST, relay().port(), direct());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Thread begun = deed;
    if (begun != null) {
      begun.join();
      deed = null;
    }
    relay().close();
    otherRelay().close();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Running left = running;
    if (left != null) {
      left.close().run();
      running = null;
    }
  }

  /** Its address by name, which {@link #named} knows. */
  public ServerAddress address() {
    return new ServerAddress(NAME, relay().port());
  }

  /** Looks its name up. */
  public TcpClient named(TcpClient client) {
    return client.resolver(new Names());
  }

  /** Its address without a relay, for those whom no fault is to befall; null while it is down. */
  public @Nullable ServerAddress directAddress() {
    return running == null ? null : direct();
  }

  /** How many connections have come by the name since it has changed. */
  public int acceptedAtOther() {
    return otherRelay().accepted();
  }

  /**
   * Whether all connections that came by its name are closed by then, at the side they came from.
   */
  public boolean isLeft(Duration patience) throws InterruptedException {
    return relay().isLeft(patience) && otherRelay().isLeft(patience);
  }

  /** Has a fault befall the connection on which the n-th packet of these types is about to pass. */
  public void strikeAt(Set<PacketType> types, int nth, Fault fault) {
    relay().onPacket(types, nth, passage -> strike(fault).on(passage));
  }

  /** Waits until the fault has struck, and the server is up again if it was restarted. */
  public void awaitStrike(Duration patience) throws InterruptedException {
    if (!struck.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("No fault has struck for " + patience);
    }
    Thread begun = deed;
    if (begun != null) {
      begun.join();
    }
  }

  /** Has a fault befall the connections that are open. */
  public void strikeNow(Fault fault) {
    relay().now(strike(fault));
  }

  private FaultRelay.Strike strike(Fault fault) {
    FaultRelay.Strike strike = deed(fault);
    struck.countDown();
    return strike;
  }

  private FaultRelay.Strike deed(Fault fault) {
    return switch (fault) {
      case RESET -> Passage::reset;
      case CLOSE -> Passage::end;
      case BLACK_HOLE -> Passage::swallow;
      case HALF_PACKET -> Passage::halve;
      case STALL -> passage -> passage.stall(stall);
      case SERVER_KILLED -> {
        begin(this::kill);
        yield Passage::cut;
      }
      case SERVER_RESTARTED -> {
        begin(this::restart);
        yield Passage::cut;
      }
      case DNS_CHANGED -> {
        host = OTHER_HOST;
        relay().refuse();
        yield Passage::end;
      }
    };
  }

  private void begin(Runnable work) {
    Thread thread = new Thread(work, "fault");
    deed = thread;
    thread.start();
  }

  private void kill() {
    relay().refuse();
    running().kill().run();
    running().close().run();
    running = null;
  }

  private void restart() {
    kill();
    running = start.get();
    relay().accept(direct());
  }

  private ServerAddress direct() {
    return new ServerAddress(FIRST_HOST, running().port());
  }

  private Running running() {
    return present(running);
  }

  private FaultRelay relay() {
    return present(relay);
  }

  private FaultRelay otherRelay() {
    return present(otherRelay);
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("The server runs only within a test");
    }
    return value;
  }

  /** Knows one name, and what it means now. */
  private final class Names extends AddressResolverGroup<InetSocketAddress> {

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetNameResolver(executor) {
        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
          promise.setSuccess(meaning(name));
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
            throws Exception {
          promise.setSuccess(List.of(meaning(name)));
        }
      }.asAddressResolver();
    }

    private InetAddress meaning(String name) throws UnknownHostException {
      if (!name.equals(NAME)) {
        throw new UnknownHostException(name);
      }
      return InetAddress.getByName(host);
    }
  }
}
