/// Frames to bytes and back, and the typed messages in them; `docs/protocol.md` is the normative description.
///
/// Pure: no input or output, no clock, no thread. It imports nothing else of this library, so that the
/// protocol cannot come to depend on how one side is built.
@NullMarked
package dev.ecdysis.internal.wire;

import org.jspecify.annotations.NullMarked;
