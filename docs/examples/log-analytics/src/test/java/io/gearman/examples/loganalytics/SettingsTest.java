// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gearman.transport.ServerAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;

class SettingsTest {

  @Test
  void defaults() {
    AnalysisProperties analysis = analysis(Map.of());
    GearmanProperties gearman = gearman(Map.of());

    assertThat(analysis.blockSize().toKilobytes()).isEqualTo(256);
    assertThat(analysis.blocksInFlight()).isEqualTo(8);
    assertThat(analysis.maxLineLength().toKilobytes()).isEqualTo(64);
    assertThat(analysis.maxDistinct()).isEqualTo(1_000_000);
    assertThat(analysis.linesPerPartial()).isEqualTo(50);
    assertThat(analysis.emitEvery()).hasMillis(100);
    assertThat(analysis.stallTimeout()).hasSeconds(60);
    assertThat(analysis.maxOpen()).isEqualTo(16);
    assertThat(analysis.uploadTimeout()).hasSeconds(30);
    assertThat(gearman.addresses()).isEmpty();
    assertThat(gearman.connectLimit()).hasSeconds(10);
    assertThat(gearman.window()).isEqualTo(4);
    assertThat(gearman.worker().concurrency()).isEqualTo(256);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void noServerNamed(String servers) {
    assertThat(gearman(Map.of("gearman.servers", servers)).addresses()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"localhost:4730, localhost, 4730", "[::1]:4731, ::1, 4731"})
  void serverNamed(String servers, String host, int port) {
    assertThat(gearman(Map.of("gearman.servers", servers)).addresses())
        .containsExactly(new ServerAddress(host, port));
  }

  @Test
  void serversNamed() {
    assertThat(gearman(Map.of("gearman.servers", "a:1, [::1]:2,b:3")).addresses())
        .containsExactly(
            new ServerAddress("a", 1), new ServerAddress("::1", 2), new ServerAddress("b", 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gearman.servers | nonsense | it must be a list of host:port",
        "gearman.servers | a:1,b | it must be a list of host:port",
        "gearman.servers | a:1, | it must be a list of host:port",
        "gearman.servers | a:1,a:1 | a list of different host:port",
        "gearman.servers | a:1,b:99999 | each port 1 to 65535",
        "gearman.servers | a:0 | each port 1 to 65535",
        "gearman.servers | [::1:4730 | a list of different host:port",
        "gearman.worker.concurrency | 0 | 1 to 1024",
        "analysis.block-size | -1KB | 1024 to 4194304 bytes",
        "analysis.block-size | 1023B | 1024 to 4194304 bytes",
        "analysis.block-size | 5MB | 1024 to 4194304 bytes",
        "analysis.blocks-in-flight | 0 | 1 to 1024",
        "analysis.blocks-in-flight | 1025 | 1 to 1024",
        "analysis.max-line-length | 63B | 64 to 1048576 bytes",
        "analysis.max-distinct | 0 | 1 to 2147483647",
        "analysis.lines-per-partial | -5 | 1 to 1000000",
        "analysis.emit-every | 0ms | 1 to 3600000 ms",
        "analysis.stall-timeout | 2h | 100 to 3600000 ms",
        "analysis.max-open | 0 | 1 to 1024",
        "analysis.upload-timeout | 99ms | 100 to 3600000 ms",
        "gearman.window | 0 | 1 to 65536",
        "gearman.connect-limit | 0ms | 1 to 3600000 ms",
      })
  void badSettingIsNamedWithItsValueAndItsLimit(String property, String value, String limit) {
    Throwable failure =
        catchThrowable(
            () -> {
              gearman(Map.of(property, value));
              analysis(Map.of(property, value));
            });
    FailureAnalysis shown = requireNonNull(new BadSettingFailureAnalyzer().analyze(failure));

    assertThat(shown.getDescription())
        .startsWith(property + " is \"")
        .contains(limit)
        .hasLineCount(1);
  }

  @Test
  void badSettingStopsTheStart() {
    assertThat(catchThrowable(() -> RunningApp.start("--analysis.blocks-in-flight=0").close()))
        .hasRootCauseInstanceOf(BadSettingException.class)
        .hasRootCauseMessage("analysis.blocks-in-flight is \"0\": it must be 1 to 1024");
  }

  private static AnalysisProperties analysis(Map<String, String> settings) {
    return binder(settings).bindOrCreate("analysis", AnalysisProperties.class);
  }

  private static GearmanProperties gearman(Map<String, String> settings) {
    return binder(settings).bindOrCreate("gearman", GearmanProperties.class);
  }

  private static Binder binder(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings));
  }
}
