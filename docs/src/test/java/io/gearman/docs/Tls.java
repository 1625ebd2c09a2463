// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import io.gearman.client.GearmanClient;
import io.gearman.server.JobServer;
import io.gearman.transport.ConnectionSettings;
import io.gearman.transport.ServerAddress;
import io.gearman.transport.TlsSettings;
import io.gearman.transport.TlsSettings.ClientAuthentication;
import java.nio.file.Path;

/** The server and the client with TLS that docs/job-server.md shows. */
final class Tls {

  private Tls() {}

  static JobServer.Bound server(Path files) {
    var tls =
        TlsSettings.defaults()
            .withIdentity(files.resolve("server.pem"), files.resolve("server.key"))
            .withAuthorities(files.resolve("ca.pem"))
            .withClientAuthentication(ClientAuthentication.REQUIRED);
    var server = JobServer.create().port(0).tls(tls).bind().block();

    server.reloadTls().block(); // from now on for new connections; bad files change nothing
    return server;
  }

  static GearmanClient client(Path files, ServerAddress server) {
    var tls =
        TlsSettings.defaults()
            .withIdentity(files.resolve("client.pem"), files.resolve("client.key"))
            .withAuthorities(files.resolve("ca.pem"));
    var client =
        GearmanClient.builder(server)
            .connection(ConnectionSettings.defaults().withTls(tls))
            .build();
    return client;
  }
}
