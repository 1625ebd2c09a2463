// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static java.util.Objects.requireNonNull;

import io.gearman.server.JobServer;
import io.gearman.transport.TlsSettings;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * The HTTP port of a job server: {@code /metrics}, {@code /health}, a live page at {@code /}, and,
 * if it is told so, jobs at {@code /jobs/<function>}. A value: each method returns a changed copy.
 * It has an event loop of its own, so that whoever reads here does not slow the jobs down.
 *
 * <pre>{@code
 * DisposableServer http = HttpListener.create(server).jobs(true).bind().block();
 * }</pre>
 */
public final class HttpListener {

  /** As gearmand's. */
  public static final int DEFAULT_PORT = 8080;

  private static final int MAX_PORT = 65535;

  private final JobServer.Bound server;
  private final HttpSettings settings;

  private HttpListener(JobServer.Bound server, HttpSettings settings) {
    this.server = server;
    this.settings = settings;
  }

  /** A listener on port 8080 of the loopback address with the defaults that each method names. */
  public static HttpListener create(JobServer.Bound server) {
    return new HttpListener(requireNonNull(server, "server"), new HttpSettings());
  }

  private HttpListener with(Consumer<HttpSettings> change) {
    return new HttpListener(server, settings.with(change));
  }

  /**
   * The address or host name to listen on; 127.0.0.1 by default, {@code 0.0.0.0} for all. As long
   * as it is of the loopback, requests for other names than {@code localhost} and the loopback's
   * addresses are refused, so that no web page gets here by a name of its own.
   */
  public HttpListener host(String host) {
    requireNonNull(host, "host");
    return with(changed -> changed.host = host);
  }

  /** 1 to 65535, or 0 for any free port; 8080 by default. */
  public HttpListener port(int port) {
    requireRange("port", port, 0, MAX_PORT);
    return with(changed -> changed.port = port);
  }

  /**
   * Whether jobs are taken; not by default. Whoever can send a request here can then run any job:
   * there is no other check than that browsers are refused, which send requests for any page they
   * show.
   */
  public HttpListener jobs(boolean taken) {
    return with(changed -> changed.jobs = taken);
  }

  /**
   * Where {@code /metrics} comes from, in the text format of Prometheus; each request subscribes
   * once, on the listener's event loop, which it must not block. None by default. With Micrometer
   * and {@link io.gearman.server.metrics.JobServerMetrics}, without a scrape on the job server's
   * event loop, where a refresh ends:
   *
   * <pre>{@code
   * Mono<String> scrape = Mono.fromCallable(registry::scrape).subscribeOn(Schedulers.parallel());
   * listener.metrics(metrics.refresh().then(scrape))
   * }</pre>
   */
  public HttpListener metrics(Mono<String> scrape) {
    requireNonNull(scrape, "metrics");
    return with(changed -> changed.metrics = scrape);
  }

  /**
   * How many connections there may be at a time, those of viewers and of waiting jobs included; 1
   * to 2^31-1, 1,000 by default. One more is closed at once, without an answer.
   */
  public HttpListener maxConnections(int connections) {
    requireRange("maxConnections", connections, 1, Integer.MAX_VALUE);
    return with(changed -> changed.maxConnections = connections);
  }

  /**
   * All connections by TLS, that is, {@code https}; by default none are. The files are read when
   * the listener starts, and not again. Jobs are taken from whoever may connect, whatever the roles
   * of certificates are on the job server's own port.
   *
   * @param tls with a certificate and its key; with authorities if clients are to be authenticated
   */
  public HttpListener tls(TlsSettings tls) {
    requireNonNull(tls, "tls");
    return with(changed -> changed.tls = tls);
  }

  /** How often viewers of the live page are told what is new; a second by default. */
  HttpListener period(Duration period) {
    return with(changed -> changed.period = period);
  }

  /** The last word on the HTTP server: timeouts, logs of access. Its event loop stays. */
  public HttpListener http(UnaryOperator<HttpServer> http) {
    requireNonNull(http, "http");
    return with(changed -> changed.http = http);
  }

  /**
   * Starts a listener. Each subscription starts one of its own and ends with its handle once the
   * port answers, or with reactor-netty's {@code ChannelBindException}, which names the address, or
   * with an {@link IllegalArgumentException} that names a file of {@link #tls} and says what is
   * wrong. One that other machines can reach without TLS says so in the log.
   *
   * <p>It ends with the job server: then the port is closed, answers on their way have 10 seconds
   * to be taken, and the handle's {@code onDispose} completes. Disposing of the handle closes the
   * port and every connection at once, which cancels their jobs; the job server goes on.
   */
  public Mono<DisposableServer> bind() {
    return Mono.defer(() -> BoundListener.start(server, settings))
        .subscribeOn(Schedulers.boundedElastic()); // the host name may be looked up, and files read
  }

  private static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
