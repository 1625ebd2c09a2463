// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static io.gearman.examples.loganalytics.AnalysisContract.LINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.testkit.Chromium;
import io.gearman.testkit.EnabledIfChromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The page in a real browser. */
@EnabledIfChromium
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

  private static final int BLOCKS = 8;
  private static final long WINDOW = 4;

  private RunningApp app;
  private ChromeDriver browser;
  private Page page;

  @BeforeAll
  void start() {
    app = RunningApp.start();
    browser = Chromium.start();
  }

  @BeforeEach
  void open() {
    page = Page.open(browser, app);
  }

  @AfterAll
  void stop() {
    browser.quit();
    app.close();
  }

  @Test
  void sampleGrowsToItsResult() {
    page.throttle(Page.FIFTY_PER_SECOND);
    assertThat(page.bars("statuses")).containsOnly(0.0);

    page.click("sample");
    page.await(p -> p.number("lines") > 0 && p.bars("statuses").get(0) > 0);
    long lines = page.number("lines");
    page.await(p -> p.number("lines") > lines && p.bars("paths").size() > 1);
    assertThat(page.state()).isEqualTo("running");

    page.throttle(Page.NO_LIMIT);
    page.awaitState("done");
    assertThat(page.text("lines")).isEqualTo("50,000");
    assertThat(page.text("message")).startsWith("Done in");
    assertThat(page.text("position")).endsWith("100%");
    assertThat(page.number("produced")).isEqualTo(page.number("read")).isPositive();
  }

  @Test
  void numbersOfAChosenFileAreThoseOfAPost(@TempDir Path folder) throws IOException {
    byte[] log = AccessLog.read();
    Path file = Files.write(folder.resolve("access.log"), log);
    Report posted = app.analyse(log).result();

    page.throttle(Page.NO_LIMIT);
    page.choose(file);
    page.awaitState("done");

    assertThat(page.text("run-title")).isEqualTo("access.log");
    assertThat(page.text("lines")).isEqualTo("10,000");
    assertThat(page.text("uniqueClients")).isEqualTo("1,753");
    assertThat(page.number("malformed")).isZero();
    assertThat(page.rows("statuses"))
        .containsExactly(
            Map.entry("2xx Success", "9,171"),
            Map.entry("3xx Redirected", "609"),
            Map.entry("4xx Client error", "217"),
            Map.entry("5xx Server error", "3"));
    assertThat(page.rows("paths").keySet())
        .containsExactlyElementsOf(posted.topPaths().stream().map(Report.PathHits::path).toList());
    assertThat(page.rows("paths").values())
        .containsExactlyElementsOf(
            posted.topPaths().stream().map(hits -> Long.toString(hits.hits())).toList());
    assertThat(page.bars("paths")).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void droppedFile() {
    page.drop("dropped.log", LINE.repeat(7) + "damaged\n");
    page.awaitState("done");

    assertThat(page.text("run-title")).isEqualTo("dropped.log");
    assertThat(page.number("lines")).isEqualTo(8);
    assertThat(page.number("malformed")).isEqualTo(1);
    assertThat(page.rows("paths")).isEqualTo(Map.of("/x", "7"));
  }

  @Test
  void throttleSlowsTheReadingAndIsLifted() {
    page.throttle(Page.ONE_PER_SECOND);
    page.click("sample");
    long began = System.nanoTime();
    page.await(p -> p.number("read") >= 3);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1_900));
    assertThat(page.text("rate-text")).isEqualTo("1 chunk per second");
    awaitThatWorkersWait();
    assertThat(page.state()).isEqualTo("running");

    page.throttle(Page.NO_LIMIT);
    page.awaitState("done");
    assertThat(page.text("lines")).isEqualTo("50,000");
  }

  @Test
  void cancelStopsTheJobsAndAnotherAnalysisMayFollow() {
    page.throttle(Page.ONE_PER_SECOND);
    page.click("sample");
    awaitThatWorkersWait();

    page.click("cancel");

    page.awaitState("cancelled");
    assertThat(page.text("message")).startsWith("Cancelled");
    assertThat(page.text("blocks")).isEqualTo("0");
    assertThat(page.number("lines")).isBetween(1L, 49_999L);
    app.awaitNoJobs();

    page.throttle(Page.NO_LIMIT);
    page.drop("next.log", LINE.repeat(3));
    page.awaitState("done");
    assertThat(page.number("lines")).isEqualTo(3);
  }

  @Test
  void nextAnalysisCancelsTheOneThatRuns() {
    page.throttle(Page.ONE_PER_SECOND);
    page.click("sample");
    page.await(p -> p.number("read") > 0);

    page.drop("next.log", LINE.repeat(3));

    page.awaitState("done");
    assertThat(page.number("lines")).isEqualTo(3);
    app.awaitNoJobs();
  }

  @Test
  void closingTheTabStopsTheJobs() {
    page.throttle(Page.ONE_PER_SECOND);
    page.click("sample");
    awaitThatWorkersWait();
    String tab = browser.getWindowHandle();
    String other = browser.switchTo().newWindow(WindowType.TAB).getWindowHandle();

    browser.switchTo().window(tab).close();

    browser.switchTo().window(other);
    app.awaitNoJobs();
    app.await(() -> app.context().getBean(OpenAnalyses.class).count() == 0);
  }

  @Test
  void logThatIsNoTextIsExplained() {
    page.drop("access.log.gz", "\u001f\u0000");
    page.awaitState("failed");

    assertThat(page.text("problem"))
        .isEqualTo("The body is no text: its byte 1 is NUL. A compressed log is to be unpacked");
    assertThat(page.text("message")).isEqualTo("No result");
  }

  @Test
  void emptyLogIsExplained() {
    page.drop("empty.log", "");
    page.awaitState("failed");

    assertThat(page.text("problem")).startsWith("The body is empty");
  }

  @Test
  void serverThatGoesAwayIsTold() {
    try (RunningApp other = RunningApp.start()) {
      page = Page.open(browser, other);
      page.throttle(Page.ONE_PER_SECOND);
      page.click("sample");
      page.await(p -> p.number("read") > 0);
    }
    page.awaitState("failed");

    assertThat(page.text("problem")).isNotEmpty();
  }

  @Test
  void pathsAreTextWhateverTheyLookLike() {
    String path = "/<img/src=x/onerror=alert(1)>";

    page.drop("odd.log", LINE.replace("/x", path));
    page.awaitState("done");

    assertThat(page.rows("paths")).isEqualTo(Map.of(path, "1"));
  }

  @Test
  void keyboardIsEnough() {
    for (String id : List.of("file", "sample")) {
      new Actions(browser).sendKeys(Keys.TAB).perform();
      assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo(id);
    }
    new Actions(browser).sendKeys(Keys.ENTER).perform();

    page.await(p -> p.number("lines") > 0);
  }

  @Test
  void nothingComesFromElsewhereAndNothingIsComplainedOf() {
    complaints(); // those of the tests before this one
    page.throttle(Page.NO_LIMIT);
    page.click("sample");
    page.awaitState("done");

    Object addresses =
        browser.executeScript(
            "return performance.getEntriesByType('resource').map(entry => entry.name)");
    assertThat((List<?>) addresses)
        .hasSizeGreaterThan(8)
        .allSatisfy(
            address -> assertThat(address.toString()).startsWith("http://127.0.0.1:" + app.port()));
    assertThat(complaints()).isEmpty();
  }

  /** Eight blocks whose workers are as far ahead as they may be: in the window, and one more. */
  private void awaitThatWorkersWait() {
    page.await(p -> p.number("ahead") >= BLOCKS * WINDOW);
    assertThat(page.number("ahead")).isBetween(BLOCKS * WINDOW, BLOCKS * (WINDOW + 1));
    assertThat(page.text("blocks")).isEqualTo("8 (8 with workers)");
    assertThat(app.jobsOnServer()).isEqualTo(BLOCKS);
  }

  /** What the browser has logged since it was asked last: what a policy forbids, for one. */
  private List<LogEntry> complaints() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .toList();
  }
}
