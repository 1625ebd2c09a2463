// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

/**
 * What has become of a target.
 *
 * @param target in words
 * @param load under which it was measured
 * @param measured what is to be compared, in words
 * @param wanted the bound, in words
 * @param outcome whether it was met
 * @param limit what limits it if it was not met, or why it was not measured; or empty
 */
record Verdict(
    String target, String load, String measured, String wanted, Outcome outcome, String limit) {

  /** Whether a target was met. */
  enum Outcome {
    MET("met"),
    NOT_MET("**not met**"),
    NOT_MEASURED("not measured");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    static Outcome of(boolean met) {
      return met ? MET : NOT_MET;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
