// SPDX-License-Identifier: Apache-2.0
package io.gearman.worker;

import io.gearman.ServerErrorException;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Keeps one connection to its server alive and a session on it. */
final class DefaultGearmanWorker implements GearmanWorker {

  private static final Logger log = LoggerFactory.getLogger(GearmanWorker.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final ServerAddress server;
  private final ConnectionSettings settings;
  private final String clientId;
  private final int concurrency;
  private final Map<String, JobFunction> functions;

  DefaultGearmanWorker(
      ServerAddress server,
      ConnectionSettings settings,
      String clientId,
      int concurrency,
      Map<String, JobFunction> functions) {
    this.server = server;
    this.settings = settings;
    this.clientId = clientId;
    this.concurrency = concurrency;
    this.functions = Collections.unmodifiableMap(new LinkedHashMap<>(functions));
  }

  @Override
  public Mono<Void> run() {
    return settings
        .connect(server, connection -> new WorkerSession(connection, functions, concurrency))
        .flatMapMany(this::serve)
        .retryWhen(
            Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .filter(lost -> !(lost instanceof ServerErrorException))
                .transientErrors(true) // a session that has begun makes the next pause short again
                .doBeforeRetry(
                    lost -> log.warn("{}; connecting again", lost.failure().getMessage())))
        .then();
  }

  /** Emits the session once it is at work, and fails when it is over. */
  private Flux<WorkerSession> serve(WorkerSession session) {
    return session
        .register(clientId, settings.connectTimeout())
        .doOnNext(begun -> log.info("Working for {}: {}", server, functions.keySet()))
        .concatWith(session.onClose().cast(WorkerSession.class))
        .doFinally(end -> session.dispose());
  }
}
