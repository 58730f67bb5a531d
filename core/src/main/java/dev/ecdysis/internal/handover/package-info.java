/// The handover as a pure function from a state and an event to the next state and effects.
///
/// No I/O, no clock, no thread: it imports nothing but data types.
@NullMarked
package dev.ecdysis.internal.handover;

import org.jspecify.annotations.NullMarked;
