// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

/** MurmurHash3 for 32 bits, with the seed that libgearman takes: the length times 0xdeadbeef. */
final class MurmurHash {

  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private MurmurHash() {}

  /** The hash as libgearman writes it, in decimal. */
  static String text(byte[] bytes) {
    return Integer.toUnsignedString(hash(bytes, 0xdeadbeef * bytes.length));
  }

  static int hash(byte[] bytes, int seed) {
    int hash = seed;
    int whole = bytes.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      hash ^= scrambled(word(bytes, i, 4));
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    hash ^= scrambled(word(bytes, whole, bytes.length - whole));
    return finished(hash ^ bytes.length);
  }

  private static int word(byte[] bytes, int from, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[from + i] & 0xFF) << (8 * i);
    }
    return word;
  }

  private static int scrambled(int word) {
    return Integer.rotateLeft(word * C1, 15) * C2;
  }

  private static int finished(int mixed) {
    int hash = mixed;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }
}
