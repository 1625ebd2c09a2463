// SPDX-License-Identifier: Apache-2.0
package io.gearman.examples.loganalytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gearman.ConnectionException;
import io.gearman.ConnectionException.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import reactor.core.Exceptions;

class AnalysisExceptionTest {

  @Test
  void jobsThatLoseTheirConnectionAtOnceAreOneUnreachableServer() {
    Throwable composite = Exceptions.multiple(lost(), lost());

    AnalysisException problem = AnalysisException.from(composite);

    assertThat(problem.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(problem.getBody().getDetail()).contains("it was closed");
  }

  @Test
  void anErrorThatIsForTheReaderStaysAsItIs() {
    AnalysisException stalled = AnalysisException.stalled(Duration.ofSeconds(1));

    assertThat(AnalysisException.from(stalled)).isSameAs(stalled);
  }

  private static ConnectionException lost() {
    return new ConnectionException("127.0.0.1:4730", Phase.ACCEPTED, "it was closed", null);
  }
}
