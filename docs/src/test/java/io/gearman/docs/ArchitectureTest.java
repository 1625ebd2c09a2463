// SPDX-License-Identifier: Apache-2.0
package io.gearman.docs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.gearman.server.JobServer;
import io.gearman.server.http.HttpListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules that keep the code base small: who may know whom, and how long a file may be. */
class ArchitectureTest {

  private static final int LONGEST_FILE = 400;
  private static final String METRICS = "io.gearman.server.metrics";
  private static final String JACKSON = "io.gearman.jackson";

  private static final JavaClasses LIBRARIES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(
              location -> !location.contains("tests.jar") && !location.contains("test-classes"))
          .importPackages("io.gearman");

  @Test
  void dependenciesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("vocabulary")
        .definedBy("io.gearman")
        .layer("protocol")
        .definedBy("io.gearman.protocol")
        .layer("transport")
        .definedBy("io.gearman.transport")
        .layer("admin")
        .definedBy("io.gearman.admin..")
        .layer("server")
        .definedBy("io.gearman.server..")
        .layer("client")
        .definedBy("io.gearman.client..")
        .layer("worker")
        .definedBy("io.gearman.worker..")
        .whereLayer("admin")
        .mayOnlyBeAccessedByLayers("client")
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("client")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("worker")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("transport")
        .mayOnlyBeAccessedByLayers("admin", "server", "client", "worker")
        .whereLayer("protocol")
        .mayOnlyBeAccessedByLayers("transport", "admin", "server", "client", "worker")
        .check(LIBRARIES);
  }

  @Test
  void theRulesAreAboutAllLibraries() {
    for (String name :
        new String[] {
          "io.gearman",
          "io.gearman.protocol",
          "io.gearman.transport",
          "io.gearman.admin",
          "io.gearman.server",
          METRICS,
          JACKSON,
          "io.gearman.client",
          "io.gearman.worker"
        }) {
      assertThat(LIBRARIES.containPackage(name)).as(name).isTrue();
    }
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.gearman.(*)..")
        .should()
        .beFreeOfCycles()
        .check(LIBRARIES);
  }

  @Test
  void librariesStandOnReactorNettyAndNothingElse() {
    noClasses()
        .that()
        .resideOutsideOfPackages(METRICS, JACKSON)
        .should()
        .dependOnClassesThat(
            not(
                resideInAnyPackage(
                    "io.gearman..",
                    "java..",
                    "com.sun.management..", // of the JDK too, like the next ones
                    "jdk.net..",
                    "javax.naming..",
                    "javax.net.ssl..",
                    "javax.security..",
                    "reactor..",
                    "org.reactivestreams..",
                    "io.netty..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "tools.jackson.core..")))
        .check(LIBRARIES);
  }

  @Test
  void onlyTheHttpListenerNeedsHttpAndBesideItTheJsonCodecJackson() {
    noClasses()
        .that(resideOutsideOfPackage("io.gearman.server.http"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.gearman.server.http", "reactor.netty.http..", "io.netty.handler.codec.http.."))
        .check(LIBRARIES);
    noClasses()
        .that(resideOutsideOfPackages("io.gearman.server.http", JACKSON))
        .should()
        .dependOnClassesThat(resideInAnyPackage("tools.jackson.."))
        .check(LIBRARIES);
  }

  /** Which is an option: whoever does not load this class needs no Jackson. */
  @Test
  void theJsonCodecStandsOnJacksonBesideTheVocabulary() {
    classes()
        .that()
        .resideInAPackage(JACKSON)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            JACKSON,
            "io.gearman",
            "tools.jackson.core..",
            "tools.jackson.databind..",
            "java..",
            "org.jspecify..")
        .check(LIBRARIES);
    noClasses()
        .that()
        .resideOutsideOfPackage(JACKSON)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JACKSON)
        .check(LIBRARIES);
  }

  @Test
  void theHttpListenerHasOneEntry() {
    classes()
        .that(resideInAPackage("io.gearman.server.http"))
        .and()
        .doNotHaveFullyQualifiedName(HttpListener.class.getName())
        .should()
        .notHaveModifier(JavaModifier.PUBLIC)
        .check(LIBRARIES);
  }

  /** Which is an option: whoever does not load these classes needs no Micrometer. */
  @Test
  void metricsStandOnMicrometerBesideTheServer() {
    classes()
        .that()
        .resideInAPackage(METRICS)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            METRICS,
            "io.gearman",
            "io.gearman.protocol",
            "io.gearman.server",
            "io.micrometer.core.instrument..",
            "java..",
            "reactor.core..",
            "org.reactivestreams..",
            "org.slf4j..",
            "org.jspecify..")
        .check(LIBRARIES);
    noClasses()
        .that()
        .resideOutsideOfPackage(METRICS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(METRICS)
        .check(LIBRARIES);
  }

  /** Beside it only what it speaks in: interfaces, enums and records. */
  @Test
  void theServerHasOneEntry() {
    classes()
        .that(resideInAPackage("io.gearman.server"))
        .and()
        .areTopLevelClasses()
        .and()
        .doNotHaveFullyQualifiedName(JobServer.class.getName())
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotRecords()
        .should()
        .notHaveModifier(JavaModifier.PUBLIC)
        .check(LIBRARIES);
  }

  @Test
  void filesAreShort() {
    assertThat(Repository.javaFiles())
        .allSatisfy(file -> assertThat(lines(file)).isLessThanOrEqualTo(LONGEST_FILE));
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
