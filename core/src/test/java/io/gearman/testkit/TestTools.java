// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Where the tools of a test run may block a thread that must not: they take locks that are hardly
 * ever contended, and say so by an error that ends the thread when they are. So do the timers of
 * Reactor, which itself allows them to begin and to fire, not to be cancelled.
 */
public final class TestTools implements BlockHoundIntegration {

  private static final String TIMERS = ScheduledThreadPoolExecutor.class.getName();

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder
        .allowBlockingCallsInside(TIMERS + "$DelayedWorkQueue", "remove")
        .allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
        .allowBlockingCallsInside("org.reactivestreams.tck.TestEnvironment$Receptacle", "add")
        .allowBlockingCallsInside("org.reactivestreams.tck.TestEnvironment$Receptacle", "complete")
        .allowBlockingCallsInside("org.reactivestreams.tck.TestEnvironment", "debug");
  }
}
