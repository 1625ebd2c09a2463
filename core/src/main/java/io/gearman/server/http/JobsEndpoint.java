// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import io.gearman.JobEvent;
import io.gearman.JobHandle;
import io.gearman.JobRestartedException;
import io.gearman.server.JobServer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Runs a job with the body of a request, and answers with its handle, its result or its events. */
final class JobsEndpoint implements Endpoint {

  static final String PATH = "/jobs/";

  private final JobServer.Bound server;
  private final EventLoop loop;
  private final Uploads uploads;

  JobsEndpoint(JobServer.Bound server, EventLoop loop) {
    this.server = server;
    this.loop = loop;
    this.uploads = Uploads.upTo(server.maxPacketSize());
  }

  @Override
  public Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    Guard.refuseBrowsers(request);
    JobCall call = JobCall.of(request, Target.path(request.uri()).substring(PATH.length()));
    return uploads
        .read(request, call.maxWorkload(server.maxPacketSize()))
        .flatMapMany(
            workload -> JobRun.of(server, loop, address(request), call.submission(workload)))
        .switchOnFirst((first, events) -> begin(call, response, first, events))
        .then();
  }

  private static String address(HttpServerRequest request) {
    InetSocketAddress address = request.remoteAddress();
    return address == null ? "-" : NetUtil.toSocketAddressString(address);
  }

  /** The first event tells that the job server has the job. */
  private static Publisher<Void> begin(
      JobCall call,
      HttpServerResponse response,
      Signal<? extends JobEvent> first,
      Flux<JobEvent> events) {
    if (!(first.get() instanceof JobEvent.Created created)) {
      return events.then();
    }
    response.header(Problems.HANDLE, created.handle().id());
    if (call.background()) {
      return response
          .status(HttpResponseStatus.ACCEPTED)
          .header(Problems.COMMAND, "JOB_CREATED")
          .send();
    }
    return call.stream()
        ? JobStream.send(response, events)
        : result(response, created.handle(), events);
  }

  /** Its parts as they come, and the status with the first of them. */
  private static Mono<Void> result(
      HttpServerResponse response, JobHandle handle, Flux<JobEvent> events) {
    return events
        .skipUntil(event -> event instanceof JobEvent.Data || event instanceof JobEvent.Completed)
        .switchOnFirst(
            (first, rest) -> {
              if (first.get() instanceof JobEvent.Completed completed) {
                response.header(Problems.COMMAND, "WORK_COMPLETE");
                return Endpoint.send(response, "application/octet-stream", completed.bytes());
              } else if (first.isOnNext()) {
                return response
                    .header(Problems.COMMAND, "WORK_DATA")
                    .header("Content-Type", "application/octet-stream")
                    .sendByteArray(rest.handle((event, sink) -> part(handle, event, sink)));
              }
              return rest.then();
            })
        .then();
  }

  private static void part(JobHandle handle, JobEvent event, SynchronousSink<byte[]> sink) {
    if (event instanceof JobEvent.Data data) {
      sink.next(data.bytes());
    } else if (event instanceof JobEvent.Completed completed) {
      sink.next(completed.bytes());
    } else if (event instanceof JobEvent.Restarted) {
      sink.error(new JobRestartedException(handle)); // what is sent cannot be taken back
    }
  }
}
