/// The control socket: who may connect, what they may ask, and how answers are written and read.
///
/// The server runs on the engine's loop, and knows nothing of the engine.
@NullMarked
package dev.ecdysis.internal.control;

import org.jspecify.annotations.NullMarked;
