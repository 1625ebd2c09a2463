// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a log is analysed. The README has a table of these.
 *
 * @param blockSize bytes of the body that make a block
 * @param blocksInFlight how many blocks are held, and are jobs, at once
 * @param maxLineLength bytes; a longer line is counted as malformed and not held
 * @param maxDistinct how many distinct paths and clients are held
 * @param linesPerPartial how many lines a worker counts before it says what it has
 * @param emitEvery the shortest time between two looks at the running totals
 * @param stallTimeout how long a job may say nothing
 * @param maxOpen how many analyses of pages may be open at once
 * @param uploadTimeout how long a page may take to begin sending its log
 */
@ConfigurationProperties("analysis")
record AnalysisProperties(
    @DefaultValue("256KB") DataSize blockSize,
    @DefaultValue("8") int blocksInFlight,
    @DefaultValue("64KB") DataSize maxLineLength,
    @DefaultValue("1000000") int maxDistinct,
    @DefaultValue("50") int linesPerPartial,
    @DefaultValue("100ms") Duration emitEvery,
    @DefaultValue("60s") Duration stallTimeout,
    @DefaultValue("16") int maxOpen,
    @DefaultValue("30s") Duration uploadTimeout) {

  private static final String PREFIX = "analysis.";
  private static final int MIB = 1 << 20;
  private static final long HOUR_MS = Duration.ofHours(1).toMillis();

  AnalysisProperties {
    bytes("block-size", blockSize, BodyGuard.LOOKED_AT, 4 * MIB);
    number("blocks-in-flight", blocksInFlight, 1024);
    bytes("max-line-length", maxLineLength, 64, MIB);
    number("max-distinct", maxDistinct, Integer.MAX_VALUE);
    number("lines-per-partial", linesPerPartial, 1_000_000);
    time("emit-every", emitEvery, 1);
    time("stall-timeout", stallTimeout, 100);
    number("max-open", maxOpen, 1024);
    time("upload-timeout", uploadTimeout, 100);
  }

  private static void number(String name, int value, int max) {
    BadSettingException.check(PREFIX + name, value, 1, max, "");
  }

  private static void bytes(String name, DataSize value, int min, int max) {
    BadSettingException.check(PREFIX + name, value.toBytes(), min, max, " bytes");
  }

  private static void time(String name, Duration value, int minMs) {
    BadSettingException.check(PREFIX + name, value.toMillis(), minMs, HOUR_MS, " ms");
  }
}
