// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SUBMIT_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static io.gearman.protocol.PacketType.WORK_EXCEPTION;
import static io.gearman.protocol.PacketType.WORK_FAIL;

import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A server that was told to run jobs twice, to wake one worker at a time and to send exceptions to
 * everybody.
 */
interface OptionsContract {

  RunningServer server();

  @Test
  default void aJobFailsWhenItWasRunAsOftenAsItMay() {
    WireClient client = server().connect();
    String handle = JobServerContract.submit(client, SUBMIT_JOB, "f", "", "");
    for (int run = 1; run <= 2; run++) {
      WireClient worker = server().connect().request(CAN_DO, "f");
      WireEvents.grabWhenThereIsOne(worker);
      JobServerContract.settled(client); // it has heard nothing
      worker.close();
    }
    client.expect(response(WORK_FAIL, handle));
  }

  @Test
  default void oneSleepingWorkerIsWokenForEachJob() {
    List<WireClient> workers = Stream.generate(() -> server().connect()).limit(3).toList();
    for (WireClient worker : workers) {
      JobServerContract.settled(worker.request(CAN_DO, "f").request(PRE_SLEEP));
    }
    WireClient client = server().connect();
    for (WireClient worker : workers) {
      JobServerContract.submit(client, SUBMIT_JOB_BG, "f", "", "");
      worker.expect(response(NOOP));
      workers.forEach(JobServerContract::settled);
    }
  }

  @Test
  default void exceptionsReachThoseWhoDidNotAskForThem() {
    WireClient client = server().connect();
    String handle = JobServerContract.submit(client, SUBMIT_JOB, "f", "", "");
    WireClient worker = server().connect().request(CAN_DO, "f");
    JobServerContract.grab(worker);
    worker.request(WORK_EXCEPTION, handle, "boom");
    client.expect(response(WORK_EXCEPTION, handle, "boom"));
  }
}
