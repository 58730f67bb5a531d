/// Accepting: one thread per listener that accepts in batches, can be paused without losing a connection, and
/// the connections that are alive.
///
/// Works on JDK channels only: who owns the sockets, and what is closed when, is decided in `registry` and `listener`.
@NullMarked
package dev.ecdysis.internal.accept;

import org.jspecify.annotations.NullMarked;
