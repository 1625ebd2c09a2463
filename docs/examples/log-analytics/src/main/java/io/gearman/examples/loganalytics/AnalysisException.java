// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.ConnectionException;
import io.gearman.GearmanException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import reactor.core.Exceptions;

/**
 * Why there is no result: a problem (RFC 9457) for the reader, as the response if nothing has been
 * streamed yet and else as the last event.
 */
final class AnalysisException extends ErrorResponseException {

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(AnalysisException.class);

  private AnalysisException(HttpStatus status, String detail, @Nullable Throwable cause) {
    super(status, ProblemDetail.forStatusAndDetail(status, detail), cause);
  }

  static AnalysisException emptyBody() {
    return new AnalysisException(
        HttpStatus.BAD_REQUEST,
        "The body is empty: send a log, as in curl --data-binary @access.log",
        null);
  }

  static AnalysisException binaryBody(long position) {
    return new AnalysisException(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body is no text: its byte " + position + " is NUL. A compressed log is to be unpacked",
        null);
  }

  static AnalysisException brokenBody(Throwable cause) {
    return new AnalysisException(
        HttpStatus.BAD_REQUEST, "The body ended early: " + cause.getMessage(), cause);
  }

  static AnalysisException tooManyDistinct(long limit) {
    return new AnalysisException(
        HttpStatus.UNPROCESSABLE_CONTENT,
        "The log has more than " + limit + " distinct paths and clients (analysis.max-distinct)",
        null);
  }

  static AnalysisException sampleOutOfRange(int lines, int max) {
    return new AnalysisException(
        HttpStatus.BAD_REQUEST, "lines is " + lines + ": it must be 1 to " + max, null);
  }

  static AnalysisException badRate(String itemsPerSecond) {
    return new AnalysisException(
        HttpStatus.BAD_REQUEST,
        "itemsPerSecond is \"%s\": it must be %d to %d"
            .formatted(itemsPerSecond, Throttle.MIN, Throttle.MAX),
        null);
  }

  static AnalysisException unknown(String id) {
    return new AnalysisException(
        HttpStatus.NOT_FOUND,
        "No analysis \"" + id + "\" is open. GET /analyses/events opens one",
        null);
  }

  static AnalysisException secondLog(String id) {
    return new AnalysisException(
        HttpStatus.CONFLICT, "The analysis \"" + id + "\" has got its log already", null);
  }

  static AnalysisException noLog(Duration timeout) {
    return new AnalysisException(
        HttpStatus.REQUEST_TIMEOUT,
        "No log was sent within " + timeout.toMillis() + " ms (analysis.upload-timeout)",
        null);
  }

  static AnalysisException tooManyOpen(int max) {
    return new AnalysisException(
        HttpStatus.SERVICE_UNAVAILABLE,
        max + " analyses are open, and no more may be (analysis.max-open)",
        null);
  }

  static AnalysisException stalled(Duration timeout) {
    return new AnalysisException(
        HttpStatus.GATEWAY_TIMEOUT,
        "A job made no progress for " + timeout.toMillis() + " ms (analysis.stall-timeout)",
        null);
  }

  static AnalysisException noCounts(String why, @Nullable Throwable cause) {
    return new AnalysisException(
        HttpStatus.BAD_GATEWAY,
        "A worker answered with something that is no counts: " + why,
        cause);
  }

  /**
   * What to tell the reader about an error of the machinery. Jobs that fail at the same moment, as
   * when their connection is lost, arrive as one composite of their errors: the first stands for
   * all.
   */
  static AnalysisException from(Throwable failure) {
    Throwable error = Exceptions.unwrapMultiple(failure).get(0);
    if (error instanceof AnalysisException known) {
      return known;
    }
    if (error instanceof ConnectionException) {
      return new AnalysisException(
          HttpStatus.SERVICE_UNAVAILABLE,
          "The Gearman server cannot be reached: " + error.getMessage(),
          error);
    }
    if (error instanceof GearmanException) {
      return new AnalysisException(
          HttpStatus.BAD_GATEWAY, "A block was not counted: " + error.getMessage(), error);
    }
    log.error("An analysis failed", failure);
    return new AnalysisException(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "The analysis failed; the log of the server says why",
        failure);
  }
}
