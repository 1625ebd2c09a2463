// SPDX-License-Identifier: Apache-2.0
package io.gearman.contract;

import static io.gearman.contract.AdminContract.done;
import static io.gearman.contract.AdminContract.refused;
import static io.gearman.contract.AdminContract.rows;
import static io.gearman.contract.JobServerContract.grab;
import static io.gearman.contract.JobServerContract.settled;
import static io.gearman.contract.JobServerContract.submit;
import static io.gearman.contract.Wire.response;
import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.NOOP;
import static io.gearman.protocol.PacketType.PRE_SLEEP;
import static io.gearman.protocol.PacketType.SET_CLIENT_ID;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.admin.FunctionStatus;
import io.gearman.admin.JobEntry;
import io.gearman.testkit.EnabledIfGearmand;
import io.gearman.testkit.RunningServer;
import io.gearman.testkit.WireClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract, and what only gearmand does. */
@EnabledIfGearmand
class GearmandAdminContractTest implements AdminContract {

  @RegisterExtension final RunningServer server = RunningServer.gearmand();

  @Override
  public RunningServer server() {
    return server;
  }

  @Test
  void itDoesNotLetItselfBeEnded() {
    refused(admin().shutdown(), "UNKNOWN_COMMAND");
  }

  @Test
  void itDoesNotLetItselfBeEndedGracefully() {
    refused(admin().shutdownGracefully(), "UNKNOWN_COMMAND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my worker", "a : b", "", "\t"})
  void anIdIsShownAsItWasGiven(String id) {
    settled(server.connect().request(SET_CLIENT_ID, id).request(CAN_DO, "f"));
    assertThat(rows(admin().workers()))
        .filteredOn(connection -> !connection.functions().isEmpty())
        .singleElement()
        .satisfies(connection -> assertThat(connection.clientId()).isEqualTo(id));
  }

  @Test
  void aTabInAFunctionIsShownAsItWasGiven() {
    worker("a\tb");
    assertThat(rows(admin().status())).containsExactly(new FunctionStatus("a\tb", 0, 0, 1));
  }

  @Test
  void itCallsBackgroundJobsPersistedWithoutAPersistentQueue() {
    submit(server.connect(), SUBMIT_JOB_BG, "f", "", "1");
    assertThat(rows(admin().jobs())).extracting(JobEntry::persisted).containsExactly(true);
  }

  @Test
  void itKeepsACancelledJobAsIgnored() {
    String handle = submit(server.connect(), SUBMIT_JOB_BG, "f", "", "1");
    done(admin().cancel(handle(handle)));
    assertThat(rows(admin().jobs())).extracting(JobEntry::ignored).containsExactly(true);
  }

  @Test
  void itCountsTheWorkersThatAJobHasLost() {
    submit(server.connect(), SUBMIT_JOB_BG, "f", "", "1");
    WireClient lost = worker("f");
    grab(lost);
    WireClient sleeper = settled(worker("f").request(PRE_SLEEP));
    lost.close();
    sleeper.expect(response(NOOP));
    assertThat(rows(admin().jobs())).extracting(JobEntry::retries).containsExactly(1L);
  }
}
