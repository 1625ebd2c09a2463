// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import io.gearman.examples.loganalytics.GearmanConfiguration.UsedServers;
import io.gearman.transport.ServerAddress;
import java.util.stream.Collectors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/** The demo. {@code --gearman.servers=host:port} names job servers; without it, one is started. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class LogAnalyticsApplication {

  public static void main(String[] args) {
    SpringApplication.run(LogAnalyticsApplication.class, args);
  }

  /** To be read by people and pasted into a shell, hence not logged. */
  @EventListener
  void sayHow(ApplicationReadyEvent ready) {
    ApplicationContext context = ready.getApplicationContext();
    String port = context.getEnvironment().getProperty("local.server.port");
    String jobs =
        context.getBean(UsedServers.class).addresses().stream()
            .map(LogAnalyticsApplication::howToAsk)
            .collect(Collectors.joining(", "));
    System.out.printf(
        """

        Log analytics is at http://localhost:%1$s
        Its jobs: %2$s
        Without a browser: curl -N --data-binary @access.log http://localhost:%1$s/analyses
        No log at hand? curl -s -o access.log 'http://localhost:%1$s/sample.log?lines=10000'

        """,
        port, jobs);
  }

  private static String howToAsk(ServerAddress server) {
    return "gearadmin -h %s -p %d --status".formatted(server.host(), server.port());
  }
}
