/// Processes: what starts a successor, its process and last words, signals, the PID file, and reasons not to begin.
///
/// Imports `posix` and `wire`, nothing above.
@NullMarked
package dev.ecdysis.internal.process;

import org.jspecify.annotations.NullMarked;
