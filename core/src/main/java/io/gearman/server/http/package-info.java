// SPDX-License-Identifier: Apache-2.0
/**
 * The job server over HTTP: metrics, health, a live page, and jobs. {@link
 * io.gearman.server.http.HttpListener} is the only entry. It needs reactor-netty-http and
 * jackson-core, which are optional dependencies; nothing outside this package refers to it.
 */
@NullMarked
package io.gearman.server.http;

import org.jspecify.annotations.NullMarked;
