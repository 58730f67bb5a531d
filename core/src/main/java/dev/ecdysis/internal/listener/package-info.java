/// A listener that accepts: its acceptor, ours or the application's, is started, paused, resumed and closed, and its queue
/// is served at the end.
@NullMarked
package dev.ecdysis.internal.listener;

import org.jspecify.annotations.NullMarked;
