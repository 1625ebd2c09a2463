// SPDX-License-Identifier: Apache-2.0
package io.gearman.security;

import static io.gearman.security.Setup.ADMIN_PORT;
import static io.gearman.security.Setup.CLIENT_CERTIFICATES;
import static io.gearman.security.Setup.OPEN;
import static io.gearman.security.Setup.TLS;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a stranger may want: somebody on another machine, without a certificate. The rows of the
 * table in docs/operations/security.md.
 */
@SuppressWarnings("ImmutableEnumChecker") // nothing here changes, though the types could
public enum Deed {
  REACH_THE_PORT(Site::isReached, OPEN, ADMIN_PORT, TLS, CLIENT_CERTIFICATES),
  READ_JOBS_ON_THE_NETWORK(Site::isOverheard, OPEN, ADMIN_PORT),
  SUBMIT_JOBS(Site::takesJobsOfTheStranger, OPEN, ADMIN_PORT, TLS),
  TAKE_JOBS_OF_OTHERS(Site::givesJobsToTheStranger, OPEN, ADMIN_PORT, TLS),
  SEE_FUNCTIONS_AND_WORKERS(Site::showsTables, OPEN, TLS),
  CANCEL_JOBS_OF_OTHERS(Site::cancelsJobs, OPEN, TLS),
  STOP_THE_SERVER(Site::stops),
  FILL_THE_QUEUES(Site::isFilledUp, OPEN, ADMIN_PORT, TLS),
  TAKE_ALL_CONNECTIONS(Site::isCrowded, OPEN, ADMIN_PORT, TLS, CLIENT_CERTIFICATES),
  TAKE_ALL_CONNECTIONS_FROM_ONE_ADDRESS_THAT_IS_LIMITED(Site::isCrowdedDespiteALimit),
  TAKE_THE_ADMINISTRATORS_CONNECTIONS(Site::shutsAdministratorsOut, OPEN, TLS, CLIENT_CERTIFICATES);

  private final Predicate<Site> attempt;
  private final Set<Setup> possible;

  Deed(Predicate<Site> attempt, Setup... possible) {
    this.attempt = attempt;
    this.possible = EnumSet.noneOf(Setup.class);
    this.possible.addAll(Set.of(possible));
  }

  /** What the table says. */
  public boolean isPossible(Setup setup) {
    return possible.contains(setup);
  }

  /** What a server does. */
  boolean succeeds(Setup setup) {
    try (Site site = new Site(setup, this)) {
      return attempt.test(site);
    }
  }
}
