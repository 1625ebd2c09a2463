// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.function.Consumer;

/** Hands the leaks that Netty finds to a consumer instead of the log. */
final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

  private final Consumer<String> leaks;

  RecordingLeakDetector(Class<T> resource, int samplingInterval, Consumer<String> leaks) {
    super(resource, samplingInterval);
    this.leaks = leaks;
  }

  /** Makes Netty report what the garbage collector has found: it does so when it tracks anew. */
  void report() {
    @SuppressWarnings("unchecked") // erased: the detector never looks at what it tracks
    T probe = (T) new Object();
    ResourceLeakTracker<T> tracker = trackForcibly(probe);
    tracker.close(probe);
  }

  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    leaks.accept(resourceType + " was not released." + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    leaks.accept(resourceType + " was not released; its accesses were not recorded.");
  }
}
