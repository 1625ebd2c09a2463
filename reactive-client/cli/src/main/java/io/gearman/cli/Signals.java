// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;

/**
 * The signals of the operating system. Java has no public way to them; {@code sun.misc.Signal} of
 * jdk.unsupported, which every JDK exports for want of one, needs no native library. Shutdown hooks
 * would not do: they know neither SIGHUP nor SIGUSR1, and cannot choose the exit code.
 *
 * <p>It is called by reflection because javac warns of it in a way that nothing can suppress, and
 * here warnings are errors.
 */
final class Signals {

  private Signals() {}

  /**
   * Runs the action, on a thread of its own, whenever the signal comes.
   *
   * @return whether it can come: a JVM goes on ignoring those that end it, such as SIGHUP, if
   *     whoever started it ignores them
   */
  static boolean handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Constructor<?> named = signal.getConstructor(String.class);
      Method handle = signal.getMethod("handle", signal, handler);
      Object before = handle.invoke(null, named.newInstance(name), handler(handler, action));
      return !Objects.equals(before, handler.getField("SIG_IGN").get(null));
    } catch (InvocationTargetException e) {
      return false; // this system has no such signal, or keeps it for itself
    } catch (ReflectiveOperationException e) {
      throw new CommandException("this Java cannot handle signals", e);
    }
  }

  private static Object handler(Class<?> type, Runnable action) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            action.run();
          }
          return null;
        });
  }
}
