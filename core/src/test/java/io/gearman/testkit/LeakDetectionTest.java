// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class LeakDetectionTest {

  @Test
  void everyBufferIsTracked() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Test
  void aBufferThatIsNotReleasedIsReportedWithItsOrigin() {
    leakHere();

    assertThat(LeakDetection.takeLeaks())
        .singleElement()
        .asString()
        .contains("ByteBuf was not released", "LeakDetectionTest.leakHere");
    assertThat(LeakDetection.takeLeaks()).isEmpty();
  }

  @Test
  void aBufferThatIsReleasedIsNotReported() {
    ByteBufAllocator.DEFAULT.buffer(16).release();
    ByteBufAllocator.DEFAULT.directBuffer(16).release();

    assertThat(LeakDetection.takeLeaks()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "junit-jupiter, io.gearman.testkit.LeakDetectionTest$Leaking",
    "jqwik,         io.gearman.testkit.LeakDetectionTest$LeakingProperties"
  })
  void aLeakFailsTheClassInWhoseRunItIsFound(String engine, Class<?> leaking) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(leaking))
            .filters(EngineFilter.includeEngines(engine))
            .build();

    LauncherFactory.create().execute(request, summary);

    assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(1);
    assertThat(summary.getSummary().getFailures())
        // jqwik fails its engine together with the class
        .filteredOn(failure -> failure.getTestIdentifier().getParentId().isPresent())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.getTestIdentifier().getDisplayName()).contains("Leaking");
              assertThat(failure.getException())
                  .isInstanceOf(AssertionError.class)
                  .hasMessageContaining("leaks: 1")
                  .hasMessageContaining(leaking.getSimpleName() + ".leakThere");
            });
    assertThat(LeakDetection.takeLeaks()).isEmpty();
  }

  private static void leakHere() {
    ByteBufAllocator.DEFAULT.buffer(16);
  }

  /** Run by the test above only, as the next one: Surefire does not look into nested classes. */
  static class Leaking {

    @Test
    void loses() {
      leakThere();
    }

    private static void leakThere() {
      ByteBufAllocator.DEFAULT.buffer(16);
    }
  }

  static class LeakingProperties {

    @Property(tries = 1)
    void loses() {
      leakThere();
    }

    private static void leakThere() {
      ByteBufAllocator.DEFAULT.buffer(16);
    }
  }
}
