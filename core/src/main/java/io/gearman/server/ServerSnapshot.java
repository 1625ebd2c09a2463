// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import io.gearman.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A server as it was at one moment. What is counted is counted since its start and never goes down,
 * but for what is said of a function: that begins anew when the function is dropped and named
 * again.
 *
 * @param taken when that was
 * @param started when the server was
 * @param draining whether it ends when its work is done
 * @param queuedBytes what all jobs take that have not ended
 * @param connections all there are, those of workers included
 * @param bytesReceived from all connections, before TLS was taken off
 * @param bytesSent to all connections, likewise
 * @param departed connections that are gone; every reason is there
 * @param functions in the order in which they were named
 * @param workers connections that can do at least one function, in the order in which they came
 * @param standstills of jobs that ought to run; none as long as all is well
 */
public record ServerSnapshot(
    Instant taken,
    Instant started,
    boolean draining,
    long queuedBytes,
    int connections,
    long bytesReceived,
    long bytesSent,
    Map<Departure, Long> departed,
    List<Function> functions,
    List<Worker> workers,
    List<Standstill> standstills) {

  /**
   * One function.
   *
   * @param name as UTF-8, with what is none of it replaced
   * @param queues its jobs that wait; every priority is there
   * @param delayed its jobs that are not due yet
   * @param running its jobs that workers hold
   * @param workers connections that can do it
   * @param busy of these, those that hold a job, of whatever function
   * @param submitted jobs that came, those that joined another not included
   * @param joined submissions that joined a job by their unique id
   * @param restarted runs that were lost, after which the job was put in its queue again
   * @param ended jobs that ended; every outcome is there
   */
  public record Function(
      String name,
      Map<Priority, Queue> queues,
      int delayed,
      int running,
      int workers,
      int busy,
      long submitted,
      long joined,
      long restarted,
      Map<Outcome, Long> ended) {

    /** Connections that can do it and hold no job. */
    public int idle() {
      return workers - busy;
    }

    /** Its jobs that wait, whatever their priority. */
    public int waiting() {
      return queues.values().stream().mapToInt(Queue::waiting).sum();
    }
  }

  /**
   * Jobs of one function and priority that wait for a worker.
   *
   * @param waiting how many
   * @param oldest how long the first of them has waited since it was put there; zero without any
   */
  public record Queue(int waiting, Duration oldest) {}

  /**
   * A connection that can do functions.
   *
   * @param connection its number, as the text command {@code workers} has it
   * @param address of the other end
   * @param clientId what it called itself, {@code -} if nothing
   * @param functions how many it can do
   * @param running how many jobs it holds
   * @param silence how long it has sent nothing
   */
  public record Worker(
      long connection,
      String address,
      String clientId,
      int functions,
      int running,
      Duration silence) {}

  /**
   * A job waits although a worker that could take it is idle: the worker has hung, or a wake-up was
   * lost.
   *
   * @param function of the job
   * @param worker that holds no job, and was silent while the job waited
   * @param waited how long the job has
   */
  public record Standstill(String function, Worker worker, Duration waited) {}
}
