// SPDX-License-Identifier: Apache-2.0
package io.gearman.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What figures depend on: the machine, and the versions of all that runs on it. */
final class Machine {

  private static final Pattern MODEL = Pattern.compile("model name\\s*: (.*)");
  private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s*(\\d+) kB");
  private static final Pattern OPEN_FILES =
      Pattern.compile("Max open files\\s+\\S+\\s+(\\d+)\\s.*");
  private static final Pattern NUMBER = Pattern.compile("(\\d+)");
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+[^\\s,)]*");

  private Machine() {}

  /** Names and values, for the head of the report. */
  static Map<String, String> describe(Cores cores) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("machine", hardware());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("loopback", "MTU " + first("/sys/class/net/lo/mtu", NUMBER).orElse("unknown"));
    facts.put("processes", pinning(cores));
    facts.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    Properties libraries = libraries();
    new TreeSet<>(libraries.stringPropertyNames())
        .forEach(name -> facts.put(name, libraries.getProperty(name)));
    Tools.output(List.of("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"))
        .ifPresent(commit -> facts.put("commit", commit));
    facts.put("gearmand, libgearman", version("gearmand", "--version"));
    facts.put("nats-server", version("nats-server", "--version"));
    facts.put("gcc", version("gcc", "-dumpfullversion"));
    return facts;
  }

  /** How many connections one process can have, with some files left for the rest. */
  static int connections() {
    return first("/proc/self/limits", OPEN_FILES)
        .map(files -> Math.max(1, Integer.parseInt(files) - 500))
        .orElse(Integer.MAX_VALUE);
  }

  private static String hardware() {
    return "%s, %d cores, %s"
        .formatted(
            first("/proc/cpuinfo", MODEL).orElse(System.getProperty("os.arch")),
            Runtime.getRuntime().availableProcessors(),
            first("/proc/meminfo", MEMORY)
                .map(kilobytes -> Math.round(Long.parseLong(kilobytes) / 1048576.0) + " GiB")
                .orElse("unknown memory"));
  }

  private static String pinning(Cores cores) {
    return cores.suffice() ? "have cores of their own" : "share all cores";
  }

  private static Properties libraries() {
    Properties libraries = new Properties();
    try (InputStream versions = Machine.class.getResourceAsStream("versions.properties")) {
      libraries.load(versions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return libraries;
  }

  private static String version(String program, String option) {
    return Tools.find(program)
        .flatMap(path -> Tools.output(List.of(path.toString(), option)))
        .map(VERSION::matcher)
        .filter(Matcher::find)
        .map(Matcher::group)
        .orElse("not installed");
  }

  private static Optional<String> first(String file, Pattern pattern) {
    Path path = Path.of(file);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(path)) {
      return lines
          .map(pattern::matcher)
          .filter(Matcher::matches)
          .map(match -> match.group(1))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
