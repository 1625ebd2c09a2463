// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static io.gearman.security.HttpSetup.HTTP_OPEN;
import static io.gearman.security.HttpSetup.HTTP_OPEN_WITH_JOBS;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a stranger may want of the HTTP port, who can also have a page open in a browser on the
 * server's machine. The rows of the second table in docs/operations/security.md.
 */
@SuppressWarnings("ImmutableEnumChecker") // nothing here changes, though the types could
public enum HttpDeed {
  READ_STATE_AND_METRICS(HttpSite::isRead, HTTP_OPEN, HTTP_OPEN_WITH_JOBS),
  RUN_JOBS(HttpSite::runsJobs, HTTP_OPEN_WITH_JOBS),
  RUN_JOBS_BY_A_PAGE_IN_A_BROWSER_THERE(HttpSite::runsJobsOfPages),
  READ_BY_A_PAGE_UNDER_A_NAME_OF_ITS_OWN(HttpSite::isReadByPages, HTTP_OPEN, HTTP_OPEN_WITH_JOBS),
  TAKE_ALL_CONNECTIONS_OF_HTTP(HttpSite::isCrowded, HTTP_OPEN, HTTP_OPEN_WITH_JOBS);

  private final Predicate<HttpSite> attempt;
  private final Set<HttpSetup> possible;

  HttpDeed(Predicate<HttpSite> attempt, HttpSetup... possible) {
    this.attempt = attempt;
    this.possible = EnumSet.noneOf(HttpSetup.class);
    this.possible.addAll(Set.of(possible));
  }

  /** What the table says. */
  public boolean isPossible(HttpSetup setup) {
    return possible.contains(setup);
  }

  /** What a server does. */
  boolean succeeds(HttpSetup setup) {
    try (HttpSite site = new HttpSite(setup)) {
      return attempt.test(site);
    }
  }
}
