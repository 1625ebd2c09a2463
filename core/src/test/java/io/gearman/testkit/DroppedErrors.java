// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.Exceptions;
import reactor.core.publisher.Hooks;

/**
 * Fails the test class in whose run Reactor dropped an error, since nobody was left to hear of it.
 * Whoever subscribes without a callback for errors, as many a test does whose connection ends with
 * it, has chosen not to hear. It is in force for every test class of every module: JUnit finds it
 * through META-INF/services.
 */
public final class DroppedErrors implements BeforeEachCallback, AfterAllCallback {

  private static final Queue<Throwable> DROPPED = new ConcurrentLinkedQueue<>();

  /** Before each test, as some set the hook for themselves and take it away. */
  @Override
  public void beforeEach(ExtensionContext context) {
    Hooks.resetOnErrorDropped();
    Hooks.onErrorDropped(DroppedErrors::dropped);
  }

  private static void dropped(Throwable error) {
    if (!Exceptions.isErrorCallbackNotImplemented(error)) {
      DROPPED.add(error);
    }
  }

  /** The errors dropped since the last call. A test that expects some takes them. */
  public static List<Throwable> take() {
    List<Throwable> dropped = new ArrayList<>();
    for (Throwable error = DROPPED.poll(); error != null; error = DROPPED.poll()) {
      dropped.add(error);
    }
    return dropped;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    if (testClass.isAnnotationPresent(Nested.class)) { // its outer class looks after it
      return;
    }
    List<Throwable> dropped = take();
    if (!dropped.isEmpty()) {
      StringWriter traces = new StringWriter();
      dropped.forEach(error -> error.printStackTrace(new PrintWriter(traces, true)));
      throw new AssertionError(
          "Found in the run of %s, errors dropped: %d%n%s"
              .formatted(testClass.getName(), dropped.size(), traces));
    }
  }
}
