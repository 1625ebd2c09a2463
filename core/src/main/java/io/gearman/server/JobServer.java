// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static java.util.Objects.requireNonNull;

import io.gearman.protocol.Packet;
import io.gearman.transport.PacketConnection;
import io.gearman.transport.PacketListener;
import io.gearman.transport.TlsSettings;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * A Gearman job server that keeps its queues in memory. A value: each method returns a changed
 * copy.
 *
 * <pre>{@code
 * JobServer.Bound server = JobServer.create().port(0).bind().block();
 * }</pre>
 */
public final class JobServer {

  private static final int MAX_PORT = 65535;
  private static final int MAX_RETRIES = 255;

  private final ServerSettings settings;

  private JobServer(ServerSettings settings) {
    this.settings = settings;
  }

  /** A server on port 4730 of the loopback address with the defaults that each method names. */
  public static JobServer create() {
    return new JobServer(new ServerSettings());
  }

  private JobServer with(Consumer<ServerSettings> change) {
    return new JobServer(settings.with(change));
  }

  /** The address or host name to listen on; 127.0.0.1 by default, {@code 0.0.0.0} for all. */
  public JobServer host(String host) {
    requireNonNull(host, "host");
    return with(changed -> changed.host = host);
  }

  /** 1 to 65535, or 0 for any free port; 4730 by default. */
  public JobServer port(int port) {
    requireRange("port", port, 0, MAX_PORT);
    return with(changed -> changed.port = port);
  }

  /**
   * A port for administrators, 1 to 65535, or 0 for any free one; none by default. Where there is
   * one, text commands are refused on the main port, and all else but text commands on this one. It
   * takes 64 connections of its own, so that an administrator gets in when the main port takes no
   * more, and it stays open while the server drains. What {@link #tcp} sets holds for both ports,
   * but for address and event loops.
   */
  public JobServer adminPort(int port) {
    requireRange("adminPort", port, 0, MAX_PORT);
    return with(changed -> changed.adminPort = port);
  }

  /**
   * The address or host name of the port for administrators, if there is one; 127.0.0.1 by default.
   */
  public JobServer adminHost(String host) {
    requireNonNull(host, "adminHost");
    return with(changed -> changed.adminHost = host);
  }

  /**
   * How many connections the main port takes, 1 to 2^31-1; 10,000 by default. They are fewer where
   * the process may open few files, of which 128, or a tenth if that is more, are left to the rest.
   * An idle connection takes about 3 KiB of heap. One more is closed at once, unread and without an
   * answer.
   */
  public JobServer maxConnections(int connections) {
    requireRange("maxConnections", connections, 1, Integer.MAX_VALUE);
    return with(changed -> changed.maxConnections = connections);
  }

  /**
   * How many connections of one address the main port takes, 1 to 2^31-1; by default there is no
   * such limit, since all clients can be behind one proxy. One more is closed at once.
   */
  public JobServer maxConnectionsPerAddress(int connections) {
    requireRange("maxConnectionsPerAddress", connections, 1, Integer.MAX_VALUE);
    return with(changed -> changed.maxConnectionsPerAddress = connections);
  }

  /**
   * Largest packet accepted, in bytes with its header, 12 to 2^31-1; 64 MiB by default. A larger
   * one closes its connection as soon as its header has arrived. Packets over 8 KiB that have not
   * wholly arrived take at most a quarter of the heap together (of direct memory, if that is less),
   * or one packet of this size if that is more; a connection that would exceed it is closed. Of
   * these, results and data of 16 KiB or more are in direct memory, not on the heap.
   */
  public JobServer maxPacketSize(int bytes) {
    requireRange("maxPacketSize", bytes, Packet.HEADER_SIZE, Integer.MAX_VALUE);
    return with(changed -> changed.maxPacketSize = bytes);
  }

  /**
   * How many bytes all jobs that have not ended may take together, 0 to 2^63-1; half of the heap by
   * default. Each job counts with its workload, its unique id and a few hundred bytes for itself. A
   * submission beyond is refused with the error {@code QUEUE_ERROR}. One that joins a job is not,
   * unless those that have joined jobs take an eighth of the heap by themselves.
   */
  public JobServer maxQueuedBytes(long bytes) {
    requireRange("maxQueuedBytes", bytes, 0, Long.MAX_VALUE);
    return with(changed -> changed.maxQueuedBytes = bytes);
  }

  /**
   * How many functions the server knows at a time, 1 to 2^31-1; 20,000 by default. A function that
   * was once named stays known, as in gearmand, until it is dropped or more are named than this:
   * then the one goes that was without jobs, workers and limits for longest. If there is none, a
   * submission that names a new function is refused with the error {@code QUEUE_ERROR}, and a
   * worker that does is disconnected. The same holds when their names are over 512 bytes on
   * average. What workers can do, each function of each worker, may take an eighth of the heap.
   */
  public JobServer maxFunctions(int functions) {
    requireRange("maxFunctions", functions, 1, Integer.MAX_VALUE);
    return with(changed -> changed.maxFunctions = functions);
  }

  /**
   * How long a connection that does not take its results may hold up the workers that produce them
   * before it is closed; 1 ms or more, 30 s by default.
   */
  public JobServer stallTimeout(Duration timeout) {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("stallTimeout must be at least 1 ms, not " + timeout);
    }
    return with(changed -> changed.stallTimeout = timeout);
  }

  /**
   * How often a job is run whose worker is lost or exceeds its timeout, 1 to 255; then it fails. 0
   * is as good as 1, and -1, the default, sets no limit. A job that its worker fails is never run
   * again.
   */
  public JobServer jobRetries(int runs) {
    requireRange("jobRetries", runs, ServerSettings.UNLIMITED, MAX_RETRIES);
    return with(changed -> changed.jobRetries = runs);
  }

  /**
   * How many sleeping workers a new job wakes, 0 to 2^31-1; 0, the default, wakes all that can do
   * it. Workers that keep a grab (see the flow extension) get the job without being woken.
   */
  public JobServer workerWakeup(int workers) {
    requireRange("workerWakeup", workers, 0, Integer.MAX_VALUE);
    return with(changed -> changed.workerWakeup = workers);
  }

  /**
   * Whether each connection gets WORK_EXCEPTION without asking for it; by default it has to ask
   * with OPTION_REQ {@code exceptions}, and gets WORK_FAIL otherwise.
   */
  public JobServer exceptions(boolean exceptions) {
    return with(changed -> changed.exceptions = exceptions);
  }

  /**
   * Whether the text command {@code shutdown [graceful]} stops the server; by default it is an
   * unknown command.
   */
  public JobServer shutdownCommand(boolean allowed) {
    return with(changed -> changed.shutdownCommand = allowed);
  }

  /**
   * What handles begin with, 1 to {@value Handles#MAX_PREFIX} printable ASCII characters; {@code
   * H:} and the name of the host by default, cut to that length. A number that differs from start
   * to start and the number of the job follow, so that no handle ever repeats.
   */
  public JobServer handlePrefix(String prefix) {
    Handles.checkPrefix(prefix);
    return with(changed -> changed.handlePrefix = prefix);
  }

  /** What is told of each job what becomes of it; nothing by default. */
  public JobServer observer(JobObserver observer) {
    requireNonNull(observer, "observer");
    return with(changed -> changed.observer = observer);
  }

  /**
   * All connections by TLS; by default none are. A connection that has not ended its handshake
   * within the timeout is closed, as is one that does not speak TLS, and neither comes any further
   * than that. The files are read when the server starts and by {@link Bound#reloadTls()}.
   *
   * @param tls with a certificate and its key; with authorities if clients are to be authenticated
   */
  public JobServer tls(TlsSettings tls) {
    requireNonNull(tls, "tls");
    return with(changed -> changed.tls = tls);
  }

  /**
   * Whether a connection may be only what its certificate says; by default it does not matter. The
   * roles are organizational units of the subject, such as {@code CN=billing, OU=client,
   * OU=worker}: {@code client}, {@code worker} and {@code admin}. A certificate without any of them
   * lets nobody in, but for an echo, an option and a client id. It needs {@link #tls} with client
   * authentication {@code REQUIRED}, and does not start without.
   */
  public JobServer rolesByCertificate(boolean counts) {
    return with(changed -> changed.rolesByCertificate = counts);
  }

  /**
   * The last word on the TCP server: socket options, event loops. How soon a vanished peer is
   * noticed is tuned here by a {@link io.gearman.transport.KeepAlive}.
   */
  public JobServer tcp(UnaryOperator<TcpServer> tcp) {
    requireNonNull(tcp, "tcp");
    return with(changed -> changed.tcp = tcp);
  }

  /**
   * Starts a server. Each subscription starts one of its own, with queues of its own, and ends with
   * its handle once the port answers, or with reactor-netty's {@code ChannelBindException}, which
   * names the address that is not to be had, or with an {@link IllegalArgumentException} that names
   * a file of {@link #tls} and says what is wrong. A server that can be reached from other machines
   * without TLS says so in the log.
   */
  public Mono<Bound> bind() {
    return Mono.defer(() -> BoundServer.start(settings))
        .subscribeOn(Schedulers.boundedElastic()); // the host name may be looked up
  }

  /**
   * A server that was started. Disposing of it closes the port and every connection; jobs that have
   * not ended are lost.
   */
  public interface Bound extends DisposableServer {

    /**
     * Ends the server when its work is done: closes the port, serves the connections that there are
     * until no job is left, then disposes of the server. New jobs on these connections count, and
     * so do delayed jobs however far ahead. A subscription begins this, if it has not begun, and
     * completes when the server has ended, on its event loop; cancelling it stops the waiting, not
     * the draining.
     */
    Mono<Void> drain();

    /**
     * As {@link #drain()}, but when it takes longer than the bound the server is disposed of, with
     * the jobs that are left. That holds whether or not the subscription is cancelled.
     *
     * @param bound 0 or more; 0 and less leaves no time
     */
    Mono<Void> drain(Duration bound);

    /**
     * The state of things. Each subscription looks once, on the server's event loop: it takes about
     * a microsecond for each function and each ability of a worker. Ends with an {@link
     * IllegalStateException} if the server has ended.
     */
    Mono<ServerSnapshot> snapshot();

    /** Largest packet accepted, in bytes with its header. */
    int maxPacketSize();

    /**
     * A connection from within the process, which packets cross as they are. Each subscription
     * makes one and ends with its listener, on the server's event loop, to which the connection is
     * confined; a listener must not block it. Ends with an {@link IllegalStateException} if the
     * server has ended or drains: this way is closed when the port is. Whoever has the connection
     * closes it; a subscriber that cancels before leaves none behind.
     *
     * @param address what the server shows as its address
     * @param listener makes the listener of a connection
     */
    <L extends PacketListener> Mono<L> connect(
        String address, Function<PacketConnection, L> listener);

    /**
     * Reads the files of {@link JobServer#tls} again, for the connections that are made from then
     * on; those that there are stay as they are. Each subscription reads them, on a thread that may
     * block. If a file is bad what was in force stays so, and it ends with an {@link
     * IllegalArgumentException} that names the file and says what is wrong. Without TLS there is
     * nothing to read.
     */
    Mono<Void> reloadTls();

    /** Where the port for administrators is; null if they have none of their own. */
    @Nullable SocketAddress adminAddress();
  }

  private static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
