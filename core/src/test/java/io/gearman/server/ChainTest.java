// SPDX-License-Identifier: Apache-2.0
package io.gearman.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class ChainTest {

  private static final class Link extends Chain.Node<Link> {}

  private final Chain<Link> chain = new Chain<>();
  private final Link first = add();
  private final Link middle = add();
  private final Link last = add();

  private Link add() {
    Link link = new Link();
    chain.addLast(link);
    return link;
  }

  @Test
  void elementsComeOutInTheOrderTheyWentIn() {
    assertThat(chain.pollFirst()).isSameAs(first);
    assertThat(chain.pollFirst()).isSameAs(middle);
    assertThat(chain.pollFirst()).isSameAs(last);
    assertThat(chain.pollFirst()).isNull();
    assertThat(chain.isEmpty()).isTrue();
  }

  @Test
  void anElementCanBeTakenOutAnywhere() {
    Chain.unlink(middle);
    assertThat(chain.size()).isEqualTo(2);
    Chain.unlink(last);
    Chain.unlink(first);
    assertThat(chain.first()).isNull();
    chain.addLast(last);
    assertThat(chain.first()).isSameAs(last);
  }

  @Test
  void takingOutTwiceDoesNothing() {
    Chain.unlink(middle);
    Chain.unlink(middle);
    assertThat(chain.size()).isEqualTo(2);
  }

  @Test
  void anElementIsInOneChainAtMost() {
    assertThatIllegalStateException().isThrownBy(() -> chain.addLast(first));
  }
}
