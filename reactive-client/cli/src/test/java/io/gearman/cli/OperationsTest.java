// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files that docs/operations offers start a server that has time to stop. */
class OperationsTest {

  private static final Path FILES = Path.of("../../docs/operations");

  private static String read(String file) {
    try {
      return Files.readString(FILES.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String find(String file, String pattern) {
    Matcher found = Pattern.compile(pattern, Pattern.MULTILINE).matcher(read(file));
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }

  private static ServerSetup started(List<String> words) {
    Cli cli = new Cli();
    assertThat(cli.run(words.toArray(String[]::new))).as("%s", cli.err()).isZero();
    return cli.started.get(0);
  }

  private static ServerSetup ofUnit() {
    return started(List.of(find("gearman.service", "^ExecStart=.*gearman\\.jar (.*)$").split(" ")));
  }

  private static ServerSetup ofImage() {
    String words = find("Dockerfile", "^CMD \\[(.*)\\]$");
    return started(
        Pattern.compile("\"([^\"]*)\"")
            .matcher(words)
            .results()
            .map((MatchResult word) -> word.group(1))
            .toList());
  }

  private static Duration seconds(String number) {
    return Duration.ofSeconds(Long.parseLong(number));
  }

  @Test
  void systemdWaitsForLongerThanTheServerMayTake() {
    assertThat(ofUnit().stopTimeout())
        .isPositive()
        .isLessThan(seconds(find("gearman.service", "^TimeoutStopSec=(\\d+)s$")));
  }

  @Test
  void kubernetesWaitsForLongerThanTheServerMayTake() {
    assertThat(ofImage().stopTimeout())
        .isPositive()
        .isLessThan(seconds(find("kubernetes.yaml", "^ *terminationGracePeriodSeconds: (\\d+)$")));
  }

  @Test
  void theUnitListensOnLoopback() {
    assertThat(Settings.of(ofUnit(), "host")).isEqualTo("127.0.0.1");
  }
}
