// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a browser: what a person does with it and reads on it. */
record Page(ChromeDriver browser) {

  private static final Duration POLL = Duration.ofMillis(20);

  /** Where the slider stands. */
  static final int ONE_PER_SECOND = 0;

  static final int FIFTY_PER_SECOND = 5;
  static final int NO_LIMIT = 10;

  static Page open(ChromeDriver browser, RunningApp app) {
    browser.get("http://127.0.0.1:" + app.port() + "/");
    return new Page(browser);
  }

  void choose(Path file) {
    element("file").sendKeys(file.toString());
  }

  /** As the browser does it when a file of this content is let go over the zone. */
  void drop(String name, String content) {
    browser.executeScript(
        """
        const transfer = new DataTransfer();
        transfer.items.add(new File([arguments[1]], arguments[0]));
        document.getElementById("drop").dispatchEvent(
          new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        """,
        name,
        content);
  }

  void click(String id) {
    element(id).click();
  }

  /** Moves the slider by keys, from its end. */
  void throttle(int step) {
    WebElement slider = element("rate");
    slider.sendKeys(Keys.HOME);
    for (int i = 0; i < step; i++) {
      slider.sendKeys(Keys.ARROW_RIGHT);
    }
  }

  String state() {
    return browser.findElement(By.tagName("body")).getDomAttribute("data-state");
  }

  String text(String id) {
    return element(id).getText();
  }

  long number(String id) {
    return Long.parseLong(text(id).replace(",", ""));
  }

  /** The rows of a chart: their names and numbers, as they stand there. */
  Map<String, String> rows(String id) {
    Map<String, String> rows = new LinkedHashMap<>();
    for (WebElement row : element(id).findElements(By.tagName("li"))) {
      rows.put(part(row, "name"), part(row, "number"));
    }
    return rows;
  }

  /** How long the bars of a chart are, in pixels: what is drawn, whatever is written. */
  List<Double> bars(String id) {
    return element(id).findElements(By.className("bar")).stream().map(this::width).toList();
  }

  private double width(WebElement bar) {
    Object width =
        browser.executeScript(
            "return parseFloat(getComputedStyle(arguments[0], '::before').width)", bar);
    return width instanceof Number number ? number.doubleValue() : 0;
  }

  void await(Predicate<Page> condition) {
    new WebDriverWait(browser, RunningApp.PATIENCE, POLL)
        .ignoring(StaleElementReferenceException.class)
        .until(driver -> condition.test(this));
  }

  void awaitState(String state) {
    await(page -> page.state().equals(state));
  }

  private static String part(WebElement row, String name) {
    return row.findElement(By.className(name)).getText();
  }

  private WebElement element(String id) {
    return browser.findElement(By.id(id));
  }
}
