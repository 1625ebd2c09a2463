// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code gearman admin} can be asked for. */
final class AdminOptions {

  @Option(names = "--getpid", description = "Print the process id of the server.")
  private boolean getpid;

  @Option(
      names = "--create-function",
      paramLabel = "FUNCTION",
      description = "Make a function known to the server.")
  private @Nullable String createFunction;

  @Option(
      names = "--drop-function",
      paramLabel = "FUNCTION",
      description = "Make the server forget a function that has no workers and jobs.")
  private @Nullable String dropFunction;

  @Option(names = "--show-jobs", description = "List all jobs.")
  private boolean showJobs;

  @Option(names = "--show-unique-jobs", description = "List the unique ids of all jobs.")
  private boolean showUniqueJobs;

  @Option(names = "--cancel-job", paramLabel = "HANDLE", description = "Remove a queued job.")
  private @Nullable String cancelJob;

  @Option(names = "--server-verbose", description = "Print the level of the server's log.")
  private boolean serverVerbose;

  @Option(names = "--server-version", description = "Print the version of the server.")
  private boolean serverVersion;

  @Option(names = "--workers", description = "List all connections with their functions.")
  private boolean workers;

  @Option(
      names = "--priority-status",
      description = "List functions with their queued jobs by priority, and workers.")
  private boolean priorityStatus;

  @Option(
      names = "--status",
      description = "List functions with their jobs, running jobs and workers.")
  private boolean status;

  @Option(names = "--shutdown", description = "End the server, if it allows that.")
  private boolean shutdown;

  /**
   * The requests in the order in which gearadmin sends them, whatever that of the options.
   *
   * @param charset that of the names
   */
  List<AdminRequest> requests(Charset charset) {
    List<AdminRequest> requests = new ArrayList<>();
    add(requests, getpid, AdminRequest.line("getpid"));
    about(requests, "--create-function", "create function", createFunction, charset);
    about(requests, "--drop-function", "drop function", dropFunction, charset);
    add(requests, showJobs, AdminRequest.list("show jobs"));
    add(requests, showUniqueJobs, AdminRequest.list("show unique jobs"));
    about(requests, "--cancel-job", "cancel job", cancelJob, charset);
    add(requests, serverVerbose, AdminRequest.line("verbose"));
    add(requests, serverVersion, AdminRequest.line("version"));
    add(requests, workers, AdminRequest.list("workers"));
    add(requests, priorityStatus, AdminRequest.list("prioritystatus"));
    add(requests, status, AdminRequest.list("status"));
    add(requests, shutdown, AdminRequest.of("shutdown", AdminRequest.Answer.LINE_OR_END));
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("nothing to ask: give one option such as --status");
    }
    return requests;
  }

  private static void add(List<AdminRequest> requests, boolean given, AdminRequest request) {
    if (given) {
      requests.add(request);
    }
  }

  private static void about(
      List<AdminRequest> requests,
      String option,
      String command,
      @Nullable String name,
      Charset charset) {
    if (name != null) {
      requests.add(AdminRequest.about(option, command, name, charset));
    }
  }
}
