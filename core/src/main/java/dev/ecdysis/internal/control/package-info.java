/// The control socket: who may connect, what they may ask, and how answers are written.
///
/// Runs on the engine's loop. Imports `loop`, `registry`, `transport`, `wire` and `posix`, not the engine.
@NullMarked
package dev.ecdysis.internal.control;

import org.jspecify.annotations.NullMarked;
