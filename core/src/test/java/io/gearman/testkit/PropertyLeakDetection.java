// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import net.jqwik.api.lifecycle.AfterContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;

/**
 * {@link LeakDetection} for classes of property tests, which jqwik runs and not Jupiter. jqwik
 * finds it through META-INF/services; where there is no jqwik, nobody looks.
 */
public final class PropertyLeakDetection implements AfterContainerHook {

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public void afterContainer(ContainerLifecycleContext context) {
    context
        .optionalContainerClass()
        .ifPresent(testClass -> LeakDetection.requireNoLeaks(testClass.getName()));
  }
}
