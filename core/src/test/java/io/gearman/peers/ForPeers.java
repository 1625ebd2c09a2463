// SPDX-License-Identifier: Apache-2.0
package io.gearman.peers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test for each pair of a client and a worker that can do this, or for each peer in one role. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(ForPeers.Source.class)
@interface ForPeers {

  Scenario value();

  Role[] as() default {Role.CLIENT, Role.WORKER};

  /** All combinations but those with a {@link Gap}. */
  final class Source implements ArgumentsProvider, AnnotationConsumer<ForPeers> {

    private List<Role> roles = List.of();
    private Scenario scenario = Scenario.FOREGROUND;

    @Override
    public void accept(ForPeers annotation) {
      roles = List.of(annotation.as());
      scenario = annotation.value();
    }

    @Override
    public Stream<Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      Stream<List<Peer>> rows = Stream.of(List.of());
      for (Role role : roles) {
        rows = rows.flatMap(row -> able(role).map(peer -> with(row, peer)));
      }
      return rows.map(row -> Arguments.of(row.toArray()));
    }

    private Stream<Peer> able(Role role) {
      return Stream.of(Peer.values()).filter(peer -> !Gap.isOf(peer, role, scenario));
    }

    private static List<Peer> with(List<Peer> row, Peer peer) {
      return Stream.concat(row.stream(), Stream.of(peer)).toList();
    }
  }
}
