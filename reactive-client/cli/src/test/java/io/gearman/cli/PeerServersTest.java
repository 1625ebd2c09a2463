// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.transport.ServerAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PeerServersTest {

  private final Map<String, String> environment = new HashMap<>();

  private List<ServerAddress> servers(String... words) {
    PeerOptions options = new PeerOptions();
    new CommandLine(options).parseArgs(words);
    return PeerServers.of(options, environment::get);
  }

  private static List<ServerAddress> list(String text) {
    return ServerAddress.parseList(text);
  }

  @Test
  void theServerIsOnThisHostUnlessSomebodySaysOtherwise() {
    assertThat(servers()).isEqualTo(list("localhost:4730"));
    environment.put("GEARMAN_SERVER", "");
    environment.put("GEARMAN_SERVERS", "");
    assertThat(servers()).isEqualTo(list("localhost:4730"));
  }

  @Test
  void aHostOrAPortIsOneServer() {
    environment.put("GEARMAN_SERVER", "not-asked-for");
    environment.put("GEARMAN_SERVERS", "not-asked-for");
    assertThat(servers("-h", "a")).isEqualTo(list("a:4730"));
    assertThat(servers("-p", "7003")).isEqualTo(list("localhost:7003"));
    assertThat(servers("-h", "::1", "-p", "7003")).isEqualTo(list("[::1]:7003"));
  }

  @Test
  void aListIsInItsOrder() {
    environment.put("GEARMAN_SERVER", "not-asked-for");
    assertThat(servers("--servers", "b:7003,a,tls://[::1]:1"))
        .isEqualTo(list("b:7003,a,tls://[::1]:1"));
  }

  @Test
  void thoseOfGearmanServerComeFirstAndNoneComesTwice() {
    environment.put("GEARMAN_SERVERS", "a,b");
    assertThat(servers()).isEqualTo(list("a,b"));
    environment.put("GEARMAN_SERVER", "c,b:4730");
    assertThat(servers()).isEqualTo(list("c,b,a"));
    environment.remove("GEARMAN_SERVERS");
    assertThat(servers()).isEqualTo(list("c,b"));
  }
}
