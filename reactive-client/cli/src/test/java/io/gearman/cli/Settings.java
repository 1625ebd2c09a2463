// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.lang.reflect.Field;

/** What a server was told, which it tells nobody: it is read from its fields. */
final class Settings {

  private Settings() {}

  static Object of(ServerSetup setup, String name) {
    return of(setup.server(), name);
  }

  /** Of a server, or of a listener. */
  static Object of(Object owner, String name) {
    try {
      Field settings = owner.getClass().getDeclaredField("settings");
      settings.setAccessible(true);
      Object values = settings.get(owner);
      Field setting = values.getClass().getDeclaredField(name);
      setting.setAccessible(true);
      return setting.get(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(owner + " has no setting " + name, e);
    }
  }
}
