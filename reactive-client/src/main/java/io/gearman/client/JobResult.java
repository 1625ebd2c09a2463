// SPDX-License-Identifier: Apache-2.0
package io.gearman.client;

import java.util.Arrays;

/** What became of one of many jobs. */
public sealed interface JobResult {

  /** The job. */
  JobRequest request();

  /** The job has ended well; the bytes are all that it sent, joined. */
  record Succeeded(JobRequest request, byte[] bytes) implements JobResult {
    @Override
    public boolean equals(Object other) {
      return other instanceof Succeeded that
          && request.equals(that.request)
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * request.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Succeeded[" + request + ", " + bytes.length + " bytes]";
    }
  }

  /** The job has failed. */
  record Failed(JobRequest request, Throwable failure) implements JobResult {}
}
