// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.gearman.server.JobServer;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
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
  private final @Nullable TlsSettings tls; // of its clients
  private final Supplier<Started> start;
  private final List<WireClient> clients = new ArrayList<>();
  private @Nullable Started started;
  private boolean forAllTests;

  private RunningServer(boolean gearmand, @Nullable TlsSettings tls, Supplier<Started> start) {
    this.gearmand = gearmand;
    this.tls = tls;
    this.start = start;
  }

  /** Our server in this process. */
  public static RunningServer embedded() {
    return embedded(JobServer.create());
  }

  /** Our server in this process, on any free port. */
  public static RunningServer embedded(JobServer settings) {
    return new RunningServer(false, null, () -> bind(settings.port(0)));
  }

  /** Our server in this process, with TLS and clients that have certificates. */
  public static RunningServer embeddedWithTls() {
    JobServer settings =
        JobServer.create()
            .tls(TestTls.server().withClientAuthentication(ClientAuthentication.REQUIRED));
    return new RunningServer(false, TestTls.client(), () -> bind(settings.port(0)));
  }

  /** The gearmand that is installed; see {@link EnabledIfGearmand}. */
  public static RunningServer gearmand(String... options) {
    return new RunningServer(true, null, () -> launch(options));
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

  /** How clients and workers connect to it. */
  public ConnectionSettings connection() {
    ConnectionSettings settings = ConnectionSettings.defaults();
    return tls == null ? settings : settings.withTls(tls);
  }

  /** A raw connection, closed after the test. */
  public WireClient connect() {
    String host = address().host();
    int port = address().port();
    WireClient client =
        tls == null
            ? WireClient.connect(host, port)
            : WireClient.connect(host, port, TestTls.sockets(tls));
    clients.add(client);
    return client;
  }
}
