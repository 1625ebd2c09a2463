// SPDX-License-Identifier: Apache-2.0
package io.gearman.testkit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;

/**
 * Runs a verification of the Reactive Streams TCK, which is written for TestNG, under JUnit:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheRulesOfReactiveStreams() {
 *   return TckTests.of(Verification::new);
 * }
 * }</pre>
 *
 * <p>TestNG is known by name only, so that the modules without such tests need not have it.
 */
public final class TckTests {

  private static final String TESTNG = "org.testng.";

  private TckTests() {}

  /** One test for each rule that the verification checks, each on an instance of its own. */
  public static Stream<DynamicTest> of(Supplier<?> verification) {
    return annotated(verification.get(), "Test")
        .filter(rule -> !rule.getName().startsWith("untested_"))
        .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> run(rule, verification.get())));
  }

  private static void run(Method rule, Object verification) throws Throwable {
    invokeAll(verification, "BeforeClass", "BeforeMethod");
    try {
      invoke(rule, verification);
    } finally {
      invokeAll(verification, "AfterMethod", "AfterClass");
    }
  }

  private static void invokeAll(Object verification, String... annotations) throws Throwable {
    for (String annotation : annotations) {
      List<Method> methods = annotated(verification, annotation).toList();
      for (Method method : methods) {
        invoke(method, verification);
      }
    }
  }

  private static void invoke(Method method, Object verification) throws Throwable {
    try {
      method.invoke(verification);
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      throw thrown.getClass().getName().equals(TESTNG + "SkipException")
          ? new TestAbortedException(thrown.getMessage(), thrown)
          : thrown;
    }
  }

  private static Stream<Method> annotated(Object verification, String annotation) {
    return Arrays.stream(verification.getClass().getMethods())
        .filter(method -> isAnnotated(method, TESTNG + "annotations." + annotation))
        .sorted(Comparator.comparing(Method::getName));
  }

  private static boolean isAnnotated(AnnotatedElement element, String annotation) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(present -> present.annotationType().getName().equals(annotation));
  }
}
