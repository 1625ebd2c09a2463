// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * Level, time to the microsecond, thread, message and origin, in the order in which gearmand has
 * them. It needs no pattern to be parsed at the start.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());

  @Override
  public String doLayout(ILoggingEvent event) {
    Instant time = event.getInstant();
    return "%7s %s [%s] %s -> %s%n%s"
        .formatted(
            event.getLevel(),
            TIME.format(time != null ? time : Instant.ofEpochMilli(event.getTimeStamp())),
            event.getThreadName(),
            event.getFormattedMessage(),
            event.getLoggerName(),
            ThrowableProxyUtil.asString(event.getThrowableProxy()));
  }
}
