// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.util.List;

/**
 * What a scenario has to say.
 *
 * @param about what was measured, and how
 * @param body in Markdown
 */
record Section(String title, String about, String body, List<Verdict> verdicts) {}
