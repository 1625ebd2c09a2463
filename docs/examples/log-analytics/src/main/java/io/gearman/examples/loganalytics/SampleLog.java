// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/**
 * Makes up an access log, the same one each time: few paths and clients with most of the hits, as
 * on any site, and what makes real logs hard to read: IPv6 clients, escaped quotes, connections
 * that sent no request, responses without a size, and now and then a damaged line.
 */
final class SampleLog {

  private static final long SEED = 4730;
  private static final int DAMAGED_EVERY = 500;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss '+0000'", Locale.ROOT);

  private static final List<String> PATHS =
      Stream.concat(
              Stream.of("/", "/favicon.ico", "/style.css", "/about", "/search", "/feed"),
              IntStream.range(1, 200).mapToObj(i -> "/articles/" + i))
          .toList();
  private static final List<String> AGENTS =
      List.of(
          "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          "Mozilla/5.0 (compatible; \\\"quoted\\\" bot/1.0; +http://example.org/bot)",
          "curl/8.5.0",
          "-");

  private final Random random = new Random(SEED);
  private LocalDateTime time = LocalDateTime.of(2026, 1, 1, 0, 0);
  private int number;

  private SampleLog() {}

  /** Lines with their line ends, made as they are asked for. */
  static Flux<String> lines(int count) {
    return Flux.<String, SampleLog>generate(
            SampleLog::new,
            (log, sink) -> {
              sink.next(log.next());
              return log;
            })
        .take(count);
  }

  private String next() {
    number++;
    time = time.plusSeconds(random.nextInt(3));
    return number % DAMAGED_EVERY == 0 ? "-- damaged line --\n" : line();
  }

  private String line() {
    String client = client();
    boolean silent = random.nextInt(200) == 0;
    int status = silent ? 408 : status();
    String request = silent ? "-" : request();
    String size = status == 304 || silent ? "-" : Integer.toString(200 + random.nextInt(50_000));
    return "%s - - [%s] \"%s\" %d %s \"-\" \"%s\"\n"
        .formatted(client, TIME.format(time), request, status, size, pick(AGENTS));
  }

  private String client() {
    int host = skewed(300);
    return host % 10 == 9 ? "2001:db8::" + Integer.toHexString(host) : "192.0.2." + host % 256;
  }

  private String request() {
    String path = PATHS.get(skewed(PATHS.size()));
    String query = path.equals("/search") ? "?q=" + random.nextInt(50) : "";
    return (random.nextInt(20) == 0 ? "HEAD " : "GET ") + path + query + " HTTP/1.1";
  }

  private int status() {
    int die = random.nextInt(100);
    return die < 88 ? 200 : die < 94 ? 304 : die < 97 ? 404 : die < 99 ? 301 : 500;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** 0 to bound - 1, the low ones far more often. */
  private int skewed(int bound) {
    double die = random.nextDouble();
    return (int) (die * die * die * bound);
  }
}
