// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that {@code gearman submit} and {@code gearman work} share, as they were written;
 * {@link PeerSetup} checks what they say. Those of one letter are Debian's gearman's.
 */
final class PeerOptions {

  @Option(
      names = "-f",
      paramLabel = "FUNCTION",
      description = "A function; give several by several -f.")
  List<String> functions = new ArrayList<>();

  @Option(
      names = "-h",
      paramLabel = "HOST",
      description =
          "The server's host. Without -h, -p and --servers the servers are those of"
              + " $GEARMAN_SERVER, then those of $GEARMAN_SERVERS, or else localhost.")
  @Nullable String host;

  @Option(names = "-p", paramLabel = "PORT", description = "The server's port; 4730 by default.")
  @Nullable Integer port;

  @Option(
      names = "--servers",
      paramLabel = "LIST",
      description =
          "The servers instead of -h and -p: host, host:port, [ipv6]:port, each also behind"
              + " tls://, with commas between them.")
  @Nullable String servers;

  @Option(
      names = "-i",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description = "Write the process id to a file for as long as the process runs.")
  @Nullable Path pidFile;

  @Option(names = "-d", description = "Refused: use systemd, or the shell's &.")
  boolean daemon;

  @Mixin final ClientTlsOptions tls = new ClientTlsOptions();

  @Option(
      names = {"-H", "--help"},
      usageHelp = true,
      description = "Print this help.")
  boolean help; // read by picocli

  @Option(
      names = "--namespace",
      paramLabel = "PREFIX",
      description = "What the server has before the name of each function; nobody else sees it.")
  String namespace = "";

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a server may take to be connected to; 10s by default.")
  @Nullable Duration connectTimeout;

  @Option(
      names = "--client-id",
      paramLabel = "ID",
      description = "Name by which 'admin --workers' lists this process.")
  String clientId = "";

  @Option(names = "--concurrency", paramLabel = "N", description = "Jobs at a time; 1 by default.")
  int concurrency = 1;

  @Option(
      names = "--max-packet-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Largest packet to send or take; 64MiB by default.")
  @Nullable ByteSize maxPacketSize;

  @Option(names = "--strict", description = "Exit with a code of its own for each kind of failure.")
  boolean strict;
}
