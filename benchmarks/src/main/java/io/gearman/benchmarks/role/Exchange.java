// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.role;

/** What a client does over and over: one request and its answer. */
@FunctionalInterface
interface Exchange {

  /** Sends a request and tells {@code outcome} what comes, on any thread. */
  void start(Outcome outcome);

  /** What comes. */
  interface Outcome {

    /** A chunk of so many bytes. */
    void chunk(int bytes);

    /** The end, with a result of so many bytes. */
    void done(int bytes);

    void failed(Throwable error);
  }
}
