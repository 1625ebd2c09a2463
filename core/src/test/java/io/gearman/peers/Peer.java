// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.gearman.testkit.InstalledCondition;
import io.gearman.testkit.PeerProcess;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** The clients and workers of others. */
enum Peer {
  COMMAND("gearman", "package gearman-tools"),
  LIBGEARMAN("libgearman", "packages gcc, libc6-dev and libgearman-dev"),
  PERL("Gearman::Client", "packages perl and libgearman-client-perl"),
  PHP("the extension gearman of PHP", "packages php-cli and php-gearman"),
  NODE("gearmanode", "package nodejs; by npm into target/peers");

  private static final Map<Peer, ConditionEvaluationResult> INSTALLED = new EnumMap<>(Peer.class);

  private final String library;
  private final String source;

  Peer(String library, String source) {
    this.library = library;
    this.source = source;
  }

  /** Skips the test where this peer is not installed; on CI fails it. */
  Peer required() {
    ConditionEvaluationResult installed = installed();
    assumeFalse(installed.isDisabled(), () -> installed.getReason().orElseThrow());
    return this;
  }

  boolean isInstalled() {
    return !installed().isDisabled();
  }

  /** Starts our program for this role, which says in its first lines what its arguments are. */
  PeerProcess start(Role role, List<String> arguments) {
    List<String> program =
        switch (this) {
          case COMMAND -> Programs.script("sh", role, ".sh");
          case LIBGEARMAN -> Programs.compiled(role);
          case PERL -> Programs.script("perl", role, ".pl");
          case PHP -> Programs.script("php", role, ".php");
          case NODE -> Programs.script("node", role, ".js");
        };
    return PeerProcess.start(
        Programs.ENVIRONMENT, Stream.concat(program.stream(), arguments.stream()).toList());
  }

  /** Asked for once, since it takes a process. */
  private ConditionEvaluationResult installed() {
    return INSTALLED.computeIfAbsent(
        this,
        peer ->
            new InstalledCondition(library, source, this::isThere)
                .evaluateExecutionCondition(null));
  }

  private boolean isThere() {
    String[] check =
        switch (this) {
          case COMMAND -> new String[] {"gearman", "-H"};
          case LIBGEARMAN -> Programs.PREPROCESS;
          case PERL -> new String[] {"perl", "-MGearman::Client", "-MGearman::Worker", "-e", "1"};
          case PHP -> new String[] {"php", "-r", "new GearmanClient(); new GearmanWorker();"};
          case NODE -> new String[] {"node", "-e", "require('gearmanode')"};
        };
    return PeerProcess.succeeds(Programs.ENVIRONMENT, List.of(check));
  }
}
