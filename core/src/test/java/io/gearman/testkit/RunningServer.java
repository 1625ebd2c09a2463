// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.server.JobServer;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.netty.DisposableServer;

/**
 * A job server for each test of a contract, or from a static field one for all tests of a class:
 * ours or a real gearmand.
 *
 * <pre>{@code
 * class EmbeddedFooContractTest implements FooContract {
 *   @RegisterExtension final RunningServer server = RunningServer.embedded();
 *   ...
 * }
 * }</pre>
 */
public final class RunningServer
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private static final Duration STOP = Duration.ofSeconds(10);

  private interface Started {
    int port();

    void stop();
  }

  private final boolean gearmand;
  private final Supplier<Started> start;
  private final List<WireClient> clients = new ArrayList<>();
  private @Nullable Started started;
  private boolean forAllTests;

  private RunningServer(boolean gearmand, Supplier<Started> start) {
    this.gearmand = gearmand;
    this.start = start;
  }

  /** Our server in this process. */
  public static RunningServer embedded() {
    return embedded(JobServer.create());
  }

  /** Our server in this process, on any free port. */
  public static RunningServer embedded(JobServer settings) {
    return new RunningServer(false, () -> bind(settings.port(0)));
  }

  /** The gearmand that is installed; see {@link EnabledIfGearmand}. */
  public static RunningServer gearmand(String... options) {
    return new RunningServer(true, () -> launch(options));
  }

  private static Started bind(JobServer settings) {
    DisposableServer bound = settings.bind().block(STOP);
    return new Started() {
      @Override
      public int port() {
        return bound.port();
      }

      @Override
      public void stop() {
        bound.disposeNow(STOP);
      }
    };
  }

  private static Started launch(String... options) {
    GearmandProcess process = GearmandProcess.start(options);
    return new Started() {
      @Override
      public int port() {
        return process.port();
      }

      @Override
      public void stop() {
        process.close();
      }
    };
  }

  /** Called only for a static field. */
  @Override
  public void beforeAll(ExtensionContext context) {
    forAllTests = true;
    started = start.get();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!forAllTests) {
      started = start.get();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    clients.forEach(WireClient::close);
    clients.clear();
    if (!forAllTests) {
      stop();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  private void stop() {
    if (started != null) {
      started.stop();
      started = null;
    }
  }

  /** True if this is a real gearmand, which differs from ours in what the contracts say. */
  public boolean isGearmand() {
    return gearmand;
  }

  public ServerAddress address() {
    if (started == null) {
      throw new IllegalStateException("The server runs only within a test");
    }
    return new ServerAddress("127.0.0.1", started.port());
  }

  /** A raw connection, closed after the test. */
  public WireClient connect() {
    WireClient client = WireClient.connect(address().host(), address().port());
    clients.add(client);
    return client;
  }
}
