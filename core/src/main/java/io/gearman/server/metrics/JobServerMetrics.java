// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static java.util.Objects.requireNonNull;

import io.gearman.Priority;
import io.gearman.server.JobObserver;
import io.gearman.server.JobServer;
import io.gearman.server.Outcome;
import io.gearman.server.ServerSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The meters of one job server, from its start to its end.
 *
 * <pre>{@code
 * var metrics = JobServerMetrics.builder(registry).build();
 * var server = JobServer.create().observer(metrics).bind().doOnNext(metrics::bindTo).block();
 * }</pre>
 *
 * <p>Jobs are counted and timed as it happens, from the first one on. Gauges, and what is said of
 * connections and bytes, are as old as the last {@linkplain #refresh refresh}: at most the {@link
 * Builder#refreshInterval interval}. When the server has ended, all its meters are removed from the
 * registry.
 *
 * <p>The number of meters is bounded, although anybody can name functions: the first that are named
 * have meters of their own, all others share those of the function {@value FunctionTag#OTHERS}, the
 * name of none. A function that the server no longer knows gives up its meters; they begin anew
 * should it be named again.
 */
public final class JobServerMetrics implements JobObserver {

  private static final Logger log = LoggerFactory.getLogger(JobServerMetrics.class);

  private final Duration refreshInterval;
  private final AtomicReference<JobServer.@Nullable Bound> server = new AtomicReference<>();

  // Confined to the event loop of the server.
  private final FunctionMeters functions;
  private final ServerMeters meters;
  private boolean ended;

  private JobServerMetrics(Builder builder) {
    this.refreshInterval = builder.refreshInterval;
    this.functions = new FunctionMeters(builder.registry, builder.tags, builder.maxFunctions);
    this.meters = new ServerMeters(builder.registry, builder.tags);
  }

  /** Meters in this registry, with the defaults that each method names. */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(registry);
  }

  /**
   * Looks at a server from now on until it ends: the one that has this as its {@linkplain
   * JobServer#observer observer}.
   *
   * @throws IllegalStateException if this is bound to a server already
   */
  public void bindTo(JobServer.Bound server) {
    bindTo(server, Schedulers.parallel());
  }

  void bindTo(JobServer.Bound server, Scheduler timer) {
    if (!this.server.compareAndSet(null, requireNonNull(server, "server"))) {
      throw new IllegalStateException("These metrics are bound to a server already");
    }
    Mono<Void> end = server.onDispose();
    Flux.interval(Duration.ZERO, refreshInterval, timer)
        .onBackpressureDrop()
        .concatMap(tick -> refresh().onErrorResume(this::isPassedOver), 1)
        .takeUntilOther(end)
        .subscribe();
    end.subscribe(null, null, this::end);
  }

  private Mono<Void> isPassedOver(Throwable failure) {
    if (!requireBound().isDisposed()) {
      log.warn("The metrics of the server could not be refreshed", failure);
    }
    return Mono.empty();
  }

  /**
   * Brings gauges up to date. Each subscription looks at the server once and completes on its event
   * loop when what it saw is in the registry. Ends with an {@link IllegalStateException} if this is
   * bound to no server, or to one that has ended.
   */
  public Mono<Void> refresh() {
    return Mono.defer(() -> requireBound().snapshot()).doOnNext(this::show).then();
  }

  private JobServer.Bound requireBound() {
    JobServer.Bound bound = server.get();
    if (bound == null) {
      throw new IllegalStateException("These metrics are bound to no server");
    }
    return bound;
  }

  private void show(ServerSnapshot snapshot) {
    meters.show(snapshot);
    functions.show(snapshot.functions());
  }

  private void end() {
    ended = true;
    meters.remove();
    functions.remove();
  }

  // ---- as an observer; a connection on an event loop of its own may be seen off after the end

  @Override
  public void submitted(String function, Priority priority) {
    if (!ended) {
      functions.of(function).submitted.increment();
    }
  }

  @Override
  public void joined(String function, Priority priority) {
    if (!ended) {
      functions.of(function).joined.increment();
    }
  }

  @Override
  public void started(String function, Priority priority, long nanos) {
    if (!ended) {
      functions.of(function).started(priority, nanos);
    }
  }

  @Override
  public void restarted(String function, Priority priority) {
    if (!ended) {
      functions.of(function).restarted.increment();
    }
  }

  @Override
  public void ended(String function, Priority priority, Outcome outcome, long nanos) {
    if (!ended) {
      functions.of(function).ended(priority, outcome, nanos);
    }
  }

  @Override
  public void withdrawn(String function, Priority priority) {
    if (!ended) {
      functions.of(function).ended(Outcome.CANCELLED);
    }
  }

  /** What metrics are made from. */
  public static final class Builder {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final MeterRegistry registry;
    private int maxFunctions = 100;
    private Duration refreshInterval = Duration.ofSeconds(1);
    private Tags tags = Tags.empty();

    private Builder(MeterRegistry registry) {
      this.registry = requireNonNull(registry, "registry");
    }

    /** How many functions have meters of their own; 0 to 2^31-1, 100 by default. */
    public Builder maxFunctions(int functions) {
      if (functions < 0) {
        throw new IllegalArgumentException(
            "maxFunctions must be 0 to 2147483647, not " + functions);
      }
      this.maxFunctions = functions;
      return this;
    }

    /** How old gauges may become; 1 ms or more, 1 s by default. */
    public Builder refreshInterval(Duration interval) {
      if (interval.compareTo(SHORTEST) < 0) {
        throw new IllegalArgumentException(
            "refreshInterval must be at least 1 ms, not " + interval);
      }
      this.refreshInterval = interval;
      return this;
    }

    /**
     * Tags of every meter; none by default. Servers that share a registry need one to be told apart
     * by.
     */
    public Builder tags(Iterable<Tag> tags) {
      this.tags = Tags.of(tags);
      return this;
    }

    /** The metrics of one server. */
    public JobServerMetrics build() {
      return new JobServerMetrics(this);
    }
  }
}
