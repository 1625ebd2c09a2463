// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Prometheus makes of a text that it has scraped, by a parser of its own: the one of its
 * client library for Python, since the library for Java only writes. See {@link
 * EnabledIfPrometheusParser}.
 *
 * @param samples in the order of the text
 */
public record PrometheusText(List<Sample> samples) {

  private static final String PYTHON = "/usr/bin/python3"; // the one that Debian's packages are for

  private static final String SCRIPT =
      """
      import sys
      from urllib.parse import quote
      from prometheus_client.parser import text_string_to_metric_families
      with open(sys.argv[1], encoding="utf-8", newline="\\n") as file:
          for family in text_string_to_metric_families(file.read()):
              for sample in family.samples:
                  labels = [quote(l, safe="") + "=" + quote(v, safe="") for l, v in sample.labels.items()]
                  print(family.type, sample.name, sample.value, *labels)
      print("end")
      """;

  /**
   * One line of the text.
   *
   * @param type of what it belongs to: {@code counter}, {@code gauge}, {@code histogram}
   */
  public record Sample(String type, String name, Map<String, String> labels, double value) {}

  static boolean isReadable() {
    return PeerProcess.succeeds(Map.of(), List.of(PYTHON, "-c", "import prometheus_client.parser"));
  }

  /** Reads a text. Fails if Prometheus cannot, or if it says two things of the same. */
  public static PrometheusText parse(String text) {
    List<Sample> samples = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (String line : read(text)) {
      Sample sample = sample(line.split(" "));
      if (!seen.add(List.of(sample.name, sample.labels))) {
        throw new AssertionError("There is another " + sample);
      }
      samples.add(sample);
    }
    return new PrometheusText(List.copyOf(samples));
  }

  private static List<String> read(String text) {
    Path file = write(text);
    try (PeerProcess python =
        PeerProcess.start(Map.of(), List.of(PYTHON, "-c", SCRIPT, file.toString()))) {
      List<String> lines = python.awaitEnd();
      if (lines.isEmpty() || !lines.get(lines.size() - 1).equals("end")) {
        throw new AssertionError("Prometheus cannot read the text: " + python);
      }
      return lines.subList(0, lines.size() - 1);
    } finally {
      file.toFile().delete();
    }
  }

  private static Path write(String text) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "prometheus"));
      return Files.writeString(Files.createTempFile(folder, "metrics", ".txt"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sample sample(String[] words) {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 3; i < words.length; i++) {
      String[] label = words[i].split("=", 2);
      labels.put(URLDecoder.decode(label[0], UTF_8), URLDecoder.decode(label[1], UTF_8));
    }
    return new Sample(words[0], words[1], labels, number(words[2]));
  }

  /** Python writes infinity as {@code inf}. */
  private static double number(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  /**
   * The value of the only sample of this name that has these labels, beside others perhaps.
   *
   * @param labels names and values in turn
   */
  public double value(String name, String... labels) {
    List<Sample> found =
        samples.stream().filter(s -> s.name.equals(name) && has(s, labels)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "%d samples of %s with %s: %s".formatted(found.size(), name, List.of(labels), found));
    }
    return found.get(0).value;
  }

  private static boolean has(Sample sample, String... labels) {
    for (int i = 0; i < labels.length; i += 2) {
      if (!labels[i + 1].equals(sample.labels.get(labels[i]))) {
        return false;
      }
    }
    return true;
  }
}
