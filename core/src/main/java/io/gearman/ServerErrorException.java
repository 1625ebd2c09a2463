// SPDX-License-Identifier: Apache-2.0
package io.gearman;

/** The job server refused a request (ERROR), which has no effect. */
public class ServerErrorException extends GearmanException {

  /** The code of our server for what none of the roles of a connection allows. */
  public static final String NOT_ALLOWED = "NOT_ALLOWED";

  private static final long serialVersionUID = 1L;

  private final String server;
  private final String code;
  private final String text;

  public ServerErrorException(String server, String code, String text) {
    super(
        "Server "
            + server
            + " refused the request: "
            + code
            + (text.isEmpty() ? "" : " (" + text + ")"),
        null);
    this.server = server;
    this.code = code;
    this.text = text;
  }

  /** The server as {@code host:port}. */
  public final String server() {
    return server;
  }

  /** The server's error code, such as {@code QUEUE_ERROR}. */
  public final String code() {
    return code;
  }

  /** What the server says beside the code, which may be nothing. */
  public final String text() {
    return text;
  }
}
