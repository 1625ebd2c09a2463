// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.ConnectionException;
import io.gearman.GearmanException;
import io.gearman.JobFailedException;
import io.gearman.ServerErrorException;
import io.gearman.WorkerException;
import io.netty.handler.codec.http.HttpResponseStatus;

/** What is said of the errors of jobs. */
final class Problems {

  /** The packet that an answer comes from, as gearmand's HTTP plugin names it. */
  static final String COMMAND = "X-Gearman-Command";

  static final String HANDLE = "X-Gearman-Job-Handle";

  private Problems() {}

  /** Whether it is for the log. */
  static boolean isOurs(Throwable error) {
    return !(error instanceof GearmanException || error instanceof Problem);
  }

  static Problem of(Throwable error) {
    if (error instanceof Problem problem) {
      return problem;
    } else if (error instanceof WorkerException failed) {
      return failed(failed, "WORK_EXCEPTION", "The worker failed the job with an exception")
          .member(
              json -> {
                json.writeObjectPropertyStart("exception");
                Json.payload(json, failed.bytes());
                json.writeEndObject();
              });
    } else if (error instanceof JobFailedException failed) {
      return failed(failed, "WORK_FAIL", "The job failed, and nothing is said of why");
    } else if (error instanceof ServerErrorException refused) {
      return refused(refused);
    } else if (error instanceof ConnectionException) {
      return unavailable(String.valueOf(error.getMessage()));
    }
    return new Problem(
        HttpResponseStatus.INTERNAL_SERVER_ERROR, "The server made a mistake; its log says which");
  }

  private static Problem failed(JobFailedException failed, String command, String detail) {
    return new Problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, detail)
        .header(COMMAND, command)
        .header(HANDLE, failed.handle().id())
        .member("command", command)
        .member("handle", failed.handle().id());
  }

  private static Problem refused(ServerErrorException refused) {
    String detail =
        "The job server refuses the job: %s (%s)".formatted(refused.text(), refused.code());
    Problem problem =
        switch (refused.code()) {
          case "QUEUE_ERROR" -> unavailable(detail);
          case "ARGUMENT_TOO_LARGE" -> new Problem(HttpResponseStatus.BAD_REQUEST, detail);
          default -> new Problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, detail);
        };
    return problem
        .header(COMMAND, "ERROR")
        .member("command", "ERROR")
        .member("code", refused.code());
  }

  /** Another try may succeed. */
  static Problem unavailable(String detail) {
    return new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, detail).header("Retry-After", "1");
  }
}
