// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static io.gearman.protocol.PacketType.CAN_DO;
import static io.gearman.protocol.PacketType.ECHO_REQ;
import static io.gearman.protocol.PacketType.ECHO_RES;
import static io.gearman.protocol.PacketType.ERROR;
import static io.gearman.protocol.PacketType.GRAB_JOB;
import static io.gearman.protocol.PacketType.JOB_CREATED;
import static io.gearman.protocol.PacketType.NO_JOB;
import static io.gearman.protocol.PacketType.SUBMIT_JOB_BG;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.TestTls;
import io.gearman.testkit.WireClient;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/** What a certificate allows whoever has it, where that counts. */
class CertificateRolesTest extends TlsFixture {

  private static JobServer asking(ClientAuthentication authentication) {
    return JobServer.create().tls(TestTls.server().withClientAuthentication(authentication));
  }

  private WireClient connect(String subject) {
    JobServer.Bound server = start(asking(ClientAuthentication.REQUIRED).rolesByCertificate(true));
    return connect(server.port(), subject);
  }

  private static WireClient connect(int port, String subject) {
    return WireClient.connect(
        HOST, port, TestTls.sockets(TestTls.with(TestTls.authority().issue(subject))));
  }

  private static void refused(WireClient connection) {
    assertThat(connection.receive(ERROR).text(0)).isEqualTo("NOT_ALLOWED");
  }

  /** Which ends its connection: whoever grabs in a loop would not stop. */
  private static void mayNotWork(WireClient connection) {
    refused(connection.request(CAN_DO, "f"));
    connection.expectClosed();
  }

  private static void mayNotAdminister(WireClient connection) {
    assertThat(connection.command("status").receiveLine()).startsWith("ERR NOT_ALLOWED ");
  }

  @Test
  void aClientSubmitsAndNothingElse() {
    try (WireClient client = connect("CN=c, OU=client")) {
      client.request(SUBMIT_JOB_BG, "f", "", "").receive(JOB_CREATED);
      mayNotAdminister(client);
      mayNotWork(client);
    }
  }

  @Test
  void aWorkerWorksAndNothingElse() {
    try (WireClient worker = connect("CN=w, OU=worker")) {
      worker.request(CAN_DO, "f").request(GRAB_JOB).receive(NO_JOB);
      refused(worker.request(SUBMIT_JOB_BG, "f", "", ""));
      mayNotAdminister(worker);
    }
  }

  @Test
  void anAdministratorAdministersAndNothingElse() {
    try (WireClient admin = connect("CN=a, OU=admin")) {
      assertThat(admin.command("status").receiveLine()).isEqualTo(".");
      refused(admin.request(SUBMIT_JOB_BG, "f", "", ""));
      mayNotWork(admin);
    }
  }

  @Test
  void nobodyMayDoNothingButAnEcho() {
    try (WireClient nobody = connect("CN=client, O=worker")) {
      nobody.request(ECHO_REQ, "hello").receive(ECHO_RES);
      refused(nobody.request(SUBMIT_JOB_BG, "f", "", ""));
      mayNotAdminister(nobody);
      mayNotWork(nobody);
    }
  }

  @Test
  void withoutTheSettingACertificateAllowsEverything() {
    int port = start(asking(ClientAuthentication.REQUIRED)).port();
    try (WireClient client = connect(port, "CN=c, OU=client")) {
      client.request(CAN_DO, "f").request(GRAB_JOB).receive(NO_JOB);
    }
  }

  @Test
  void aCertificateAllowsNothingThatThePortDoesNot() {
    JobServer settings = asking(ClientAuthentication.REQUIRED).rolesByCertificate(true);
    int port = start(settings.adminPort(0)).port();
    try (WireClient admin = connect(port, "CN=a, OU=admin")) {
      mayNotAdminister(admin);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "REQUIRED", mode = EnumSource.Mode.EXCLUDE)
  void whoHasNoCertificateMustNotGetIn(ClientAuthentication asked) {
    refusedAtTheStart(asking(asked));
  }

  @Test
  void withoutTlsThereAreNoCertificates() {
    refusedAtTheStart(JobServer.create());
  }

  private static void refusedAtTheStart(JobServer settings) {
    StepVerifier.create(settings.port(0).rolesByCertificate(true).bind())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rolesByCertificate needs TLS with client authentication REQUIRED"))
        .verify(BOUND);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=x,OU=client,OU=worker | CLIENT, WORKER",
        "OU=client+OU=ADMIN,CN=x | CLIENT, ADMIN",
        "CN=x,OU=Worker,OU=Berlin | WORKER",
        "CN=x,OU=clients | ''",
        "CN=x,OU=client\\,worker | ''",
        "CN=OU\\=client | ''",
      })
  void rolesAreTheUnitsOfTheSubject(String subject, String roles) {
    Set<Role> found = CertificateRoles.of(new X500Principal(subject));
    assertThat(found.toString()).isEqualTo("[" + roles + "]");
  }

  @Test
  void aSubjectMayBeEmpty() {
    assertThat(CertificateRoles.of(new X500Principal(""))).isEmpty();
  }
}
