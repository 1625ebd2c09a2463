// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import io.gearman.server.JobServer;
import java.lang.reflect.Field;

/** What a server was told, which it tells nobody: it is read from its fields. */
final class Settings {

  private Settings() {}

  static Object of(ServerSetup setup, String name) {
    try {
      Field settings = JobServer.class.getDeclaredField("settings");
      settings.setAccessible(true);
      Object values = settings.get(setup.server());
      Field setting = values.getClass().getDeclaredField(name);
      setting.setAccessible(true);
      return setting.get(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The server has no setting " + name, e);
    }
  }
}
