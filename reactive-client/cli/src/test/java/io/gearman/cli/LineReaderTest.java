// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  private static List<String> lines(String text, int longest, boolean strip) throws IOException {
    LineReader reader =
        new LineReader(new ByteArrayInputStream(text.getBytes(ISO_8859_1)), longest, strip);
    List<String> lines = new ArrayList<>();
    for (byte[] line = reader.next(); line != null; line = reader.next()) {
      lines.add(new String(line, ISO_8859_1));
    }
    return lines;
  }

  @Test
  void linesKeepTheirEnds() throws IOException {
    assertThat(lines("a\n\nb\r\nc", 100, false)).containsExactly("a\n", "\n", "b\r\n", "c");
  }

  @Test
  void linesLoseTheirEndsAndNothingElse() throws IOException {
    assertThat(lines("a\n\nb\r\nc", 100, true)).containsExactly("a", "", "b\r", "c");
  }

  @Test
  void anyByteButTheEndIsPartOfALine() throws IOException {
    assertThat(lines("a\0b\u00ff\n", 100, true)).containsExactly("a\0b\u00ff");
  }

  @Test
  void aLongLineComesInPieces() throws IOException {
    assertThat(lines("abcdefg\nh", 3, true)).containsExactly("abc", "def", "g", "h");
    assertThat(lines("abc\n", 3, false)).containsExactly("abc", "\n");
  }

  @Test
  void nothingIsNoLine() throws IOException {
    assertThat(lines("", 3, false)).isEmpty();
  }
}
