// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.metrics;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_ASSIGN;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_HIGH_BG;
import static io.gearman.protocol.PacketType.WORK_COMPLETE;
import static io.gearman.protocol.PacketType.WORK_FAIL;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.gearman.Priority;
import io.gearman.protocol.PacketType;
import io.gearman.server.Departure;
import io.gearman.server.JobServer;
import io.gearman.server.Outcome;
import io.gearman.testkit.WireClient;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class JobServerMetricsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final JobServerMetrics metrics = metrics(Tags.empty());
  private final JobServer.Bound server = start(metrics);
  private final WireClient client = connect();

  private JobServerMetrics metrics(Tags tags) {
    return JobServerMetrics.builder(registry)
        .refreshInterval(Duration.ofDays(1)) // only when a test says so
        .tags(tags)
        .build();
  }

  private static JobServer.Bound start(JobServerMetrics metrics) {
    return requireNonNull(
        JobServer.create().port(0).observer(metrics).bind().doOnNext(metrics::bindTo).block(SOON));
  }

  private WireClient connect() {
    return WireClient.connect("127.0.0.1", server.port());
  }

  @AfterEach
  void stop() {
    client.close();
    server.disposeNow(SOON);
  }

  private RequiredSearch meter(String name, String... tags) {
    return registry.get(name).tags(tags);
  }

  private double gauge(String name, String... tags) {
    return meter(name, tags).gauge().value();
  }

  private double count(String name, String... tags) {
    return meter(name, tags).counter().count();
  }

  private void submits(PacketType type, String function) {
    client.request(type, function, "", "").receive(JOB_CREATED);
  }

  /** Takes a job of the function and ends it. */
  private void work(String function, PacketType end, String... arguments) {
    try (WireClient worker = connect()) {
      String handle =
          worker.request(CAN_DO, function).request(GRAB_JOB).receive(JOB_ASSIGN).text(0);
      worker.request(end, with(handle, arguments));
      worker.request(PacketType.ECHO_REQ, "").receive(PacketType.ECHO_RES); // the end was heard
    }
  }

  private static String[] with(String first, String... others) {
    String[] all = new String[others.length + 1];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  @Test
  void jobsAreCountedByTheWayTheyEnd() {
    submits(SUBMIT_JOB_BG, "f");
    submits(SUBMIT_JOB_BG, "f");
    work("f", WORK_COMPLETE, "");
    work("f", WORK_FAIL);

    assertThat(count("gearman.jobs.submitted", "function", "f")).isEqualTo(2);
    assertThat(count("gearman.jobs.ended", "function", "f", "outcome", "completed")).isEqualTo(1);
    assertThat(count("gearman.jobs.ended", "function", "f", "outcome", "failed")).isEqualTo(1);
    assertThat(count("gearman.jobs.ended", "function", "f", "outcome", "cancelled")).isZero();
  }

  @Test
  void aSubmissionThatJoinsIsCountedAsThat() {
    client.request(SUBMIT_JOB_BG, "f", "same", "").receive(JOB_CREATED);
    client.request(SUBMIT_JOB_BG, "f", "same", "").receive(JOB_CREATED);

    assertThat(count("gearman.jobs.submitted")).isEqualTo(1);
    assertThat(count("gearman.jobs.joined")).isEqualTo(1);
  }

  @Test
  void aLostRunIsCounted() {
    submits(SUBMIT_JOB_BG, "f");
    try (WireClient worker = connect()) {
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
      worker.request(PacketType.RESET_ABILITIES);
      worker.request(PacketType.ECHO_REQ, "").receive(PacketType.ECHO_RES);
    }

    assertThat(count("gearman.jobs.restarted")).isEqualTo(1);
  }

  @Test
  void aJobThatNobodyWaitsForAnyMoreIsCountedAsCancelledWithoutARun() {
    try (WireClient leaving = connect()) {
      leaving.request(SUBMIT_JOB, "f", "", "").receive(JOB_CREATED);
      leaving.shutdownOutput().expectClosed();
    }

    assertThat(count("gearman.jobs.ended", "outcome", "cancelled")).isEqualTo(1);
    assertThat(registry.find("gearman.job.run").timers()).isEmpty();
  }

  @Test
  void waitsAndRunsAreTimedByPriorityAndOutcome() {
    submits(SUBMIT_JOB_HIGH_BG, "f");
    work("f", WORK_COMPLETE, "");

    Timer wait = meter("gearman.job.wait", "function", "f", "priority", "high").timer();
    Timer run =
        meter("gearman.job.run", "function", "f", "priority", "high", "outcome", "completed")
            .timer();
    assertThat(wait.count()).isEqualTo(1);
    assertThat(run.count()).isEqualTo(1);
    assertThat(registry.find("gearman.job.wait").tag("priority", "low").timer()).isNull();
  }

  @Test
  void timesAreInBucketsFromAMillisecondToAnHour() {
    JobServerMetrics unbound = metrics(Tags.empty());
    unbound.started("f", Priority.NORMAL, MILLISECONDS.toNanos(30));
    unbound.started("f", Priority.NORMAL, SECONDS.toNanos(30));
    unbound.started("f", Priority.NORMAL, SECONDS.toNanos(7_200));

    Timer wait = meter("gearman.job.wait").timer();
    var buckets = wait.takeSnapshot().histogramCounts();
    assertThat(buckets).hasSize(11);
    assertThat(buckets[0].bucket(MILLISECONDS)).isEqualTo(1);
    assertThat(buckets[2].bucket(MILLISECONDS)).isEqualTo(25);
    assertThat(buckets[2].count()).isZero();
    assertThat(buckets[3].count()).isEqualTo(1);
    assertThat(buckets[10].bucket(SECONDS)).isEqualTo(3_600);
    assertThat(buckets[10].count()).isEqualTo(2);
    assertThat(wait.max(SECONDS)).isEqualTo(7_200);
  }

  @Test
  void gaugesAreAsTheServerIsAtARefresh() {
    submits(SUBMIT_JOB_BG, "f");
    submits(SUBMIT_JOB_HIGH_BG, "f");
    try (WireClient worker = connect()) {
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive(JOB_ASSIGN);
      metrics.refresh().block(SOON);

      assertThat(gauge("gearman.jobs.waiting", "function", "f", "priority", "normal")).isEqualTo(1);
      assertThat(gauge("gearman.jobs.waiting", "function", "f", "priority", "high")).isZero();
      assertThat(gauge("gearman.jobs.oldest.wait", "function", "f", "priority", "normal"))
          .isPositive();
      assertThat(gauge("gearman.jobs.running", "function", "f")).isEqualTo(1);
      assertThat(gauge("gearman.function.workers", "state", "busy")).isEqualTo(1);
      assertThat(gauge("gearman.function.workers", "state", "idle")).isZero();
      assertThat(gauge("gearman.workers", "state", "busy")).isEqualTo(1);
      assertThat(gauge("gearman.workers", "state", "idle")).isZero();
      assertThat(gauge("gearman.connections")).isEqualTo(2);
      assertThat(gauge("gearman.functions")).isEqualTo(1);
      assertThat(gauge("gearman.queued")).isPositive();
      assertThat(gauge("gearman.standstills")).isZero();
    }
  }

  @Test
  void whatWentOverConnectionsIsCounted() {
    client.request(PacketType.ECHO_REQ, "x".repeat(988)).receive(PacketType.ECHO_RES);
    metrics.refresh().block(SOON);

    assertThat(meter("gearman.received").functionCounter().count()).isEqualTo(1_000);
    assertThat(meter("gearman.sent").functionCounter().count()).isEqualTo(1_000);
    assertThat(meter("gearman.received").functionCounter().getId().getBaseUnit())
        .isEqualTo("bytes");
  }

  @Test
  void connectionsThatAreGoneAreCountedByReason() {
    connect().close();
    server
        .snapshot()
        .repeat()
        .takeUntil(now -> now.departed().get(Departure.LEFT) == 1)
        .blockLast(SOON);
    metrics.refresh().block(SOON);

    assertThat(departed("left")).isEqualTo(1);
    assertThat(departed("vanished")).isZero();
  }

  private double departed(String reason) {
    return meter("gearman.connections.departed", "reason", reason).functionCounter().count();
  }

  @Test
  void theServerSaysWhenItWasStarted() {
    metrics.refresh().block(SOON);

    double started = meter("gearman.server.start.time").timeGauge().value(SECONDS);
    double uptime = meter("gearman.server.uptime").timeGauge().value(SECONDS);
    assertThat(started + uptime).isBetween(started, System.currentTimeMillis() / 1_000.0);
    assertThat(started).isGreaterThan(System.currentTimeMillis() / 1_000.0 - 60);
  }

  @Test
  void gaugesAreRefreshedAtTheirIntervalAndNoSooner() {
    JobServerMetrics every =
        JobServerMetrics.builder(registry)
            .tags(Tags.of("server", "b"))
            .refreshInterval(Duration.ofSeconds(5))
            .build();
    JobServer.Bound other = JobServer.create().port(0).observer(every).bind().block(SOON);
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    every.bindTo(other, time);
    time.advanceTimeBy(Duration.ofMillis(1));
    try (WireClient client = WireClient.connect("127.0.0.1", other.port())) {
      assertThat(functionsOf(other)).isZero();
      client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);
      time.advanceTimeBy(Duration.ofMillis(4_998));
      assertThat(functionsOf(other)).isZero();
      time.advanceTimeBy(Duration.ofMillis(1));
      assertThat(functionsOf(other)).isEqualTo(1);
    } finally {
      other.disposeNow(SOON);
    }
  }

  /** After what the event loop of the server has to do. */
  private double functionsOf(JobServer.Bound server) {
    server.snapshot().block(SOON);
    return gauge("gearman.functions", "server", "b");
  }

  @Test
  void nothingIsLeftWhenTheServerHasEnded() {
    submits(SUBMIT_JOB_BG, "f");
    work("f", WORK_COMPLETE, "");
    metrics.refresh().block(SOON);
    server.disposeNow(SOON);

    assertThat(registry.getMeters()).isEmpty();
    metrics.submitted("late", Priority.NORMAL);
    metrics.joined("late", Priority.NORMAL);
    metrics.started("late", Priority.NORMAL, 1);
    metrics.restarted("late", Priority.NORMAL);
    metrics.ended("late", Priority.NORMAL, Outcome.FAILED, 1);
    metrics.withdrawn("late", Priority.NORMAL);
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void theServerIsNotLookedAtAfterItsEnd() {
    JobServerMetrics other = metrics(Tags.of("server", "b"));
    JobServer.Bound shortLived = JobServer.create().port(0).observer(other).bind().block(SOON);
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    other.bindTo(shortLived, time);
    time.advanceTimeBy(Duration.ofMillis(1));
    long looks = time.getScheduledTaskCount(); // ever
    shortLived.disposeNow(SOON);
    time.advanceTimeBy(Duration.ofDays(3));

    assertThat(time.getScheduledTaskCount()).isEqualTo(looks);
  }

  @Test
  void aRefreshNeedsAServerThatRuns() {
    JobServerMetrics unbound = metrics(Tags.empty());
    unbound
        .refresh()
        .as(StepVerifier::create)
        .verifyErrorMessage("These metrics are bound to no server");
    server.disposeNow(SOON);
    metrics
        .refresh()
        .as(StepVerifier::create)
        .expectError(IllegalStateException.class)
        .verify(SOON);
  }

  @Test
  void metricsAreOfOneServer() {
    assertThatThrownBy(() -> metrics.bindTo(server))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("These metrics are bound to a server already");
  }

  @Test
  void serversThatShareARegistryAreToldApartByTheirTags() {
    JobServerMetrics other = metrics(Tags.of("server", "b"));
    JobServer.Bound second = start(other);
    try (WireClient client = WireClient.connect("127.0.0.1", second.port())) {
      client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);
      other.refresh().block(SOON);
    }
    second.disposeNow(SOON);
    submits(SUBMIT_JOB_BG, "f");
    metrics.refresh().block(SOON);

    assertThat(registry.getMeters())
        .isNotEmpty()
        .allSatisfy(meter -> assertThat(meter.getId().getTag("server")).isNull());
  }

  @Test
  void onlySoManyFunctionsHaveMetersOfTheirOwn() {
    JobServerMetrics one = JobServerMetrics.builder(registry).maxFunctions(1).build();
    one.submitted("a", Priority.NORMAL);
    one.submitted("b", Priority.NORMAL);

    assertThat(registry.find("gearman.jobs.submitted").counters())
        .extracting(counter -> counter.getId().getTag("function"))
        .containsExactlyInAnyOrder("a", "(others)");
    assertThat(registry.find("gearman.jobs.submitted").counters())
        .extracting(Counter::count)
        .containsOnly(1.0);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    JobServerMetrics.Builder builder = JobServerMetrics.builder(registry);
    assertThatThrownBy(() -> builder.maxFunctions(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxFunctions must be 0 to 2147483647, not -1");
    assertThatThrownBy(() -> builder.refreshInterval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("refreshInterval must be at least 1 ms, not PT0S");
  }

  @Test
  void aJobOfAKnownFunctionAllocatesNothing() {
    JobServerMetrics observer =
        JobServerMetrics.builder(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)).build();
    int jobs = 10_000;
    jobs(observer, jobs);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    jobs(observer, jobs);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes").isLessThan(jobs);
  }

  private static void jobs(JobServerMetrics observer, int jobs) {
    for (int i = 0; i < jobs; i++) {
      observer.submitted("f", Priority.NORMAL);
      observer.started("f", Priority.NORMAL, i);
      observer.ended("f", Priority.NORMAL, Outcome.COMPLETED, i);
    }
  }
}
