// SPDX-License-Identifier: Apache-2.0
package io.gearman.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

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

  /** Runs the action, on a thread of its own, whenever the signal comes. */
  static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Constructor<?> named = signal.getConstructor(String.class);
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(null, named.newInstance(name), handler(handler, action));
    } catch (InvocationTargetException e) {
      // This system has no such signal, or keeps it for itself: it never comes.
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
