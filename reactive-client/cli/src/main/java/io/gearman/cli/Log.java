// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * The log: errors on standard error until the options say otherwise. Logback finds this class as a
 * service, which saves it the search for a configuration file and the parser for it.
 */
public final class Log extends ContextAwareBase implements Configurator {

  private static final String APPENDER = "log";
  private static final String EXPOSED = "io.gearman.server.JobServer.exposed";

  /** Called by logback. */
  public Log() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    start(context, new LogTarget.Stderr(), Verbosity.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Writes from now on what is at least as grave as the verbosity, and there only. */
  static void start(LogTarget target, Verbosity verbosity) {
    start(context(), target, verbosity);
  }

  private static void start(LoggerContext context, LogTarget target, Verbosity verbosity) {
    Logger root = root(context);
    root.detachAndStopAllAppenders();
    Level least = target instanceof LogTarget.None ? Level.OFF : Level.toLevel(verbosity.level);
    context.getLogger("io.gearman").setLevel(least);
    // Who starts a server without a word about its log is to see that it is open to all.
    context.getLogger(EXPOSED).setLevel(least == Level.ERROR ? Level.WARN : least);
    // What the libraries tell beyond warnings is about themselves.
    root.setLevel(least.isGreaterOrEqual(Level.WARN) ? least : Level.WARN);
    if (target instanceof LogTarget.Stderr) {
      start(root, new ConsoleAppender<>(), stderr -> stderr.setTarget("System.err"));
    } else if (target instanceof LogTarget.ToFile file) {
      start(root, new LogFile(file.path()), appender -> open(appender, file.path()));
    }
  }

  private static void open(LogFile file, Path path) {
    try {
      file.open();
    } catch (IOException e) {
      throw new CommandException("cannot open the log file " + path, e);
    }
  }

  private static <A extends OutputStreamAppender<ILoggingEvent>> void start(
      Logger root, A appender, Consumer<A> settings) {
    LogLayout layout = new LogLayout();
    layout.setContext(root.getLoggerContext());
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(root.getLoggerContext());
    encoder.setLayout(layout);
    encoder.start();
    appender.setContext(root.getLoggerContext());
    appender.setName(APPENDER);
    appender.setEncoder(encoder);
    settings.accept(appender);
    appender.start();
    root.addAppender(appender);
  }

  /**
   * Opens the file again by its name, if the log goes to one: what had that name may have been
   * renamed by a rotation. If it cannot be opened the old one stays in use.
   */
  static void reopen() throws IOException {
    if (root(context()).getAppender(APPENDER) instanceof LogFile file) {
      file.open();
    }
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static Logger root(LoggerContext context) {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
