/// Processes: a successor's, the variable that it knows its predecessor by, signals, and the PID file.
@NullMarked
package dev.ecdysis.internal.process;

import org.jspecify.annotations.NullMarked;
