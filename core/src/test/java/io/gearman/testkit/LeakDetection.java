// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class in whose run Netty found a buffer that was collected without having been
 * released. It is in force for every test class of every module: JUnit finds it through
 * META-INF/services. The level of Netty's detector (paranoid) comes from the system property in the
 * parent pom.
 *
 * <p>A leak shows when its buffer is collected, which can be later than the test that lost it: the
 * record in the error, not the name of the test class, says where it came from.
 */
public final class LeakDetection implements AfterAllCallback {

  private static final int COLLECTIONS = 2;
  private static final long COLLECTION_TIMEOUT_MILLIS = 2_000;

  private static final Queue<RecordingLeakDetector<?>> DETECTORS = new ConcurrentLinkedQueue<>();
  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
  }

  /** Takes over from Netty's own detection; comes too late for buffers that exist already. */
  static void install() {
    // Being called has initialized this class.
  }

  /**
   * Collects garbage and returns, and forgets, the records of all leaks found since the last call.
   * A test that expects leaks calls it, so that they do not fail its class.
   */
  public static List<String> takeLeaks() {
    for (int i = 0; i < COLLECTIONS; i++) {
      collectGarbage();
      DETECTORS.forEach(RecordingLeakDetector::report);
    }
    List<String> leaks = new ArrayList<>();
    for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
      leaks.add(leak);
    }
    return leaks;
  }

  /**
   * As {@link #takeLeaks()}, for those who expect none.
   *
   * @throws AssertionError if there are any
   */
  static void requireNoLeaks(String where) {
    List<String> leaks = takeLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          "Found in the run of %2$s, leaks: %1$d%n%3$s"
              .formatted(leaks.size(), where, String.join(System.lineSeparator(), leaks)));
    }
  }

  /**
   * One collection. References are queued some time after it, in the order in which they were
   * found: the one queued here is the last of those of the collection before.
   */
  private static void collectGarbage() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> witness = new WeakReference<>(new Object(), collected);
    try {
      System.gc();
      collected.remove(COLLECTION_TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Reference.reachabilityFence(witness);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    if (!testClass.isAnnotationPresent(Nested.class)) { // its outer class looks after it
      requireNoLeaks(testClass.getName());
    }
  }

  private static final class Factory extends ResourceLeakDetectorFactory {

    @Deprecated // and yet the one that everything comes to
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      RecordingLeakDetector<T> detector =
          new RecordingLeakDetector<>(resource, samplingInterval, LEAKS::add);
      DETECTORS.add(detector);
      return detector;
    }
  }
}
