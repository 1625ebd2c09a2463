// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a logger tells while this is open, each line as {@code LEVEL message}. */
public final class LogRecorder implements AutoCloseable {

  private final Logger logger;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  public LogRecorder(String logger) {
    this.logger = (Logger) LoggerFactory.getLogger(logger);
    appender.start();
    this.logger.addAppender(appender);
  }

  public List<String> lines() {
    return List.copyOf(appender.list).stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
