// SPDX-License-Identifier: Apache-2.0
package io.gearman.server.http;

import static io.gearman.server.http.RunningHttp.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.server.JobServer;
import io.gearman.server.ServerSnapshot;
import io.gearman.server.ServerSnapshot.Function;
import io.gearman.server.ServerSnapshot.Standstill;
import io.gearman.server.ServerSnapshot.Worker;
import io.gearman.testkit.Chromium;
import io.gearman.testkit.EnabledIfChromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;
import reactor.core.publisher.Mono;

/** The live page in a real browser. */
@EnabledIfChromium
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LivePageTest {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Path PICTURES = Path.of("target", "live-page");

  private final JobServer.Bound server = JobServer.create().port(0).bind().block(SOON);
  private volatile ServerSnapshot shown =
      FakeServer.snapshot(false, List.of(), List.of(), List.of());
  private RunningHttp http;
  private ChromeDriver browser;

  @BeforeAll
  void start() {
    browser = Chromium.start();
    http = listen(0);
  }

  private RunningHttp listen(int port) {
    JobServer.Bound looking = FakeServer.showing(server, () -> Mono.fromSupplier(this::taken));
    return new RunningHttp(
        server,
        HttpListener.create(looking).port(port).period(Duration.ofMillis(100)).bind().block(SOON));
  }

  /** The same, but for the time. */
  private ServerSnapshot taken() {
    ServerSnapshot all = shown;
    return FakeServer.snapshot(all.draining(), all.functions(), all.workers(), all.standstills());
  }

  @BeforeEach
  void open() {
    show(List.of(), List.of());
    browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    browser.get(http.uri("/"));
    await(() -> state().equals("live"));
  }

  @AfterEach
  void nothingWasComplainedOf() {
    assertThat(
            browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("ERR_CONNECTION_REFUSED"))
                .filter(message -> !message.contains("ERR_INCOMPLETE_CHUNKED_ENCODING")))
        .isEmpty();
  }

  @AfterAll
  void stop() {
    browser.quit();
    http.close();
  }

  private void show(List<Function> functions, List<Worker> workers, Standstill... standstills) {
    shown = FakeServer.snapshot(false, functions, workers, List.of(standstills));
  }

  private void await(BooleanSupplier condition) {
    new WebDriverWait(browser, SOON, POLL)
        .ignoring(StaleElementReferenceException.class)
        .until(driver -> condition.getAsBoolean());
  }

  private String state() {
    return browser.findElement(By.tagName("body")).getDomAttribute("data-state");
  }

  private String text(String id) {
    return browser.findElement(By.id(id)).getText();
  }

  /** The first cell of each row, in the order in which they stand. */
  private List<String> rows(String table) {
    return browser.findElements(By.cssSelector("#" + table + " tbody tr td:first-child")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private List<String> cells(String table) {
    return browser.findElements(By.cssSelector("#" + table + " tbody td")).stream()
        .map(WebElement::getText)
        .toList();
  }

  @Test
  void showsFunctionsWorkersAndTotals() {
    show(
        List.of(FakeServer.function("resize", 100, 2, 3, 5_000)),
        List.of(
            FakeServer.worker(1, "one", 2, Duration.ZERO),
            FakeServer.worker(2, "-", 0, Duration.ofSeconds(75))));
    await(() -> rows("functions").size() == 1 && rows("workers").size() == 2);

    assertThat(cells("functions"))
        .containsExactly(
            "resize", "100", "10", "70", "20", "9 s", "2", "2", "1", "2", "–", "–", "10");
    assertThat(cells("workers"))
        .containsExactly(
            "10.0.0.1:40001",
            "one",
            "1",
            "3",
            "2",
            "–",
            "10.0.0.2:40002",
            "-",
            "2",
            "3",
            "0",
            "1 min 15 s");
    assertThat(text("waiting")).isEqualTo("100");
    assertThat(text("workers-total")).isEqualTo("2");
    assertThat(text("busy")).isEqualTo("1");
    assertThat(browser.getTitle()).startsWith("100 waiting, 2 running");
  }

  @Test
  void ratesAreWhatCountsGrowBy() {
    show(List.of(FakeServer.function("resize", 0, 0, 0, 1_000)), List.of());
    await(() -> text("ended-rate").equals("0"));
    show(List.of(FakeServer.function("resize", 0, 0, 0, 2_000)), List.of());
    await(() -> !text("ended-rate").equals("0"));

    await(() -> text("ended-rate").equals("0")); // and are forgotten again
  }

  @Test
  void rowsStayTheSameElementsAndAreSortedAsAsked() {
    show(
        List.of(
            FakeServer.function("b", 1, 0, 0, 0),
            FakeServer.function("a", 3, 0, 0, 0),
            FakeServer.function("c", 2, 0, 0, 0)),
        List.of());
    await(() -> rows("functions").equals(List.of("a", "c", "b")));
    browser.executeScript(
        "document.querySelectorAll('#functions tbody tr').forEach(row => row.kept = true)");
    browser.findElement(By.cssSelector("#functions th[data-key=name] button")).click();
    await(() -> rows("functions").equals(List.of("a", "b", "c")));
    browser.findElement(By.cssSelector("#functions th[data-key=name] button")).click();
    await(() -> rows("functions").equals(List.of("c", "b", "a")));
    show(
        List.of(FakeServer.function("b", 7, 0, 0, 0), FakeServer.function("c", 2, 0, 0, 0)),
        List.of());
    await(() -> rows("functions").equals(List.of("c", "b")));

    assertThat(
            browser.executeScript(
                "return [...document.querySelectorAll('#functions tbody tr')].every(r => r.kept)"))
        .isEqualTo(true);
    assertThat(
            browser
                .findElement(By.cssSelector("#functions th[data-key=name]"))
                .getDomAttribute("aria-sort"))
        .isEqualTo("descending");
  }

  @Test
  void onlyWhatDiffersIsTouched() {
    show(functions(0, 20), workers(0, 50));
    await(() -> rows("workers").size() == 50);
    await(() -> !cells("functions").contains("–")); // the rates are known
    browser.executeScript(
        """
        window.touched = new Set();
        const rows = mutation => mutation.type === "childList" ? mutation.addedNodes : [mutation.target.parentNode];
        new MutationObserver(all => all.flatMap(one => [...rows(one)]).forEach(
            node => window.touched.add(node.closest("tr").cells[0].textContent)))
          .observe(document.querySelector("#functions tbody"),
            { subtree: true, childList: true, characterData: true });
        """);
    List<Function> functions = new ArrayList<>(functions(0, 20));
    functions.set(0, FakeServer.function("function-0", 1_234, 0, 0, 0));
    show(functions, workers(0, 50));
    await(() -> rows("functions").get(0).equals("function-0"));

    assertThat(browser.executeScript("return [...window.touched]"))
        .isEqualTo(List.of("function-0"));
  }

  @Test
  void workersAreFiltered() {
    show(List.of(), workers(0, 100));
    await(() -> rows("workers").size() == 100);
    browser.findElement(By.id("workers-filter")).sendKeys("resizer-42");
    await(() -> rows("workers").size() == 1);

    assertThat(text("workers-count")).isEqualTo("1 of 100");
  }

  @Test
  void standstillsAreABanner() {
    Worker hung = FakeServer.worker(7, "resizer-7", 0, Duration.ofSeconds(95));
    assertThat(browser.findElement(By.id("standstills")).isDisplayed()).isFalse();
    show(List.of(), List.of(hung), new Standstill("resize", hung, Duration.ofSeconds(42)));
    await(() -> browser.findElement(By.id("standstills")).isDisplayed());

    assertThat(text("standstills").replaceAll("[\\u2068\\u2069]", ""))
        .contains("“resize” has a job that has waited 42 s; worker 10.0.0.7:40007 (resizer-7)")
        .contains("has said nothing for 1 min 35 s");
    show(List.of(), List.of(hung));
    await(() -> !browser.findElement(By.id("standstills")).isDisplayed());
  }

  @Test
  void namesOfStrangersAreText() {
    String markup =
        "<img src=x onerror=\"window.attacked=true\"><script>window.attacked=1</script>";
    Worker worker = FakeServer.worker(1, markup, 0, Duration.ofSeconds(20));
    show(
        List.of(
            FakeServer.function(markup, 1, 0, 0, 0), FakeServer.function("__proto__", 1, 0, 0, 0)),
        List.of(worker),
        new Standstill(markup, worker, Duration.ofSeconds(20)));
    await(() -> rows("functions").size() == 2 && rows("workers").size() == 1);

    assertThat(rows("functions")).contains(markup, "__proto__");
    assertThat(text("standstills")).contains(markup);
    assertThat(browser.findElements(By.cssSelector("img, main script"))).isEmpty();
    assertThat(browser.executeScript("return window.attacked")).isNull();
  }

  @Test
  void drainingIsSaid() {
    shown = FakeServer.snapshot(true, List.of(), List.of(), List.of());
    await(() -> state().equals("draining"));

    assertThat(text("state")).isEqualTo("Draining: ends when no job is left");
  }

  @Test
  void aLostServerIsSaidAndFoundAgain() {
    int port = http.http().port();
    http.http().disposeNow(SOON);
    await(() -> state().equals("lost"));
    assertThat(text("state")).isEqualTo("Disconnected: trying again");
    show(List.of(FakeServer.function("back", 1, 0, 0, 0)), List.of());
    http = listen(port);
    await(() -> state().equals("live") && rows("functions").equals(List.of("back")));
  }

  private static List<Function> functions(int round, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                FakeServer.function(
                    "function-" + i,
                    (i * 37 + round * (i % 7)) % 900,
                    i % 9,
                    i % 12,
                    1_000L * i + round))
        .toList();
  }

  private static List<Worker> workers(int round, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                FakeServer.worker(
                    i,
                    "resizer-" + i,
                    (i + round) % 3,
                    Duration.ofSeconds(i % 40 == 0 ? 100 + round : 0)))
        .toList();
  }

  /** 100 functions and 1,000 workers, most of which change each time. */
  @Test
  void manyRowsTakeLittleTime() throws IOException {
    show(functions(0, 100), workers(0, 1_000));
    await(() -> rows("workers").size() == 1_000);
    browser.executeCdpCommand("Performance.enable", Map.of());
    Map<String, Double> before = millis();
    browser.executeScript(
        """
        window.updates = 0;
        new MutationObserver(() => window.updates++)
          .observe(document.querySelector("#workers tbody"), { subtree: true, characterData: true });
        """);
    for (int round = 1; updates() < 20; round++) {
      long seen = updates();
      show(functions(round, 100), workers(round, 1_000));
      await(() -> updates() > seen);
    }
    Map<String, Double> after = millis();
    Map<String, Double> each = new TreeMap<>();
    after.forEach((name, time) -> each.put(name, (time - before.get(name)) / updates()));
    Files.createDirectories(PICTURES);
    Files.writeString(
        PICTURES.resolve("times.txt"),
        "Milliseconds for an update of 100 functions and 1,000 workers: " + each + '\n');

    assertThat(each.get("ScriptDuration")).isLessThan(100);
  }

  private long updates() {
    return ((Number) browser.executeScript("return window.updates")).longValue();
  }

  /** What the browser has spent its time with. */
  private Map<String, Double> millis() {
    Map<String, Double> times = new TreeMap<>();
    for (Object one :
        (List<?>) browser.executeCdpCommand("Performance.getMetrics", Map.of()).get("metrics")) {
      if (one instanceof Map<?, ?> metric
          && metric.get("name") instanceof String name
          && name.endsWith("Duration")
          && metric.get("value") instanceof Number seconds) {
        times.put(name, seconds.doubleValue() * 1_000);
      }
    }
    return times;
  }

  /** For people to look at; what is tested is that nothing is wider than the window. */
  @Test
  void picturesInLightAndDarkAndOnAPhone() throws IOException {
    Worker hung = FakeServer.worker(41, "thumbnails@render-07", 0, Duration.ofSeconds(95));
    show(
        functions(3, 100),
        workers(1, 1_000),
        new Standstill("thumbnails", hung, Duration.ofSeconds(42)));
    for (String theme : List.of("light", "dark")) {
      browser.executeCdpCommand(
          "Emulation.setEmulatedMedia",
          Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
      picture(theme, 1_440, 1_000);
      picture(theme + "-phone", 390, 844);
    }
  }

  private void picture(String name, int width, int height) throws IOException {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    await(() -> rows("workers").size() == 1_000 && text("ended-rate").equals("0"));
    Files.createDirectories(PICTURES);
    Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));

    assertThat(
            ((Number) browser.executeScript("return document.documentElement.scrollWidth"))
                .intValue())
        .isLessThanOrEqualTo(width);
  }
}
