/// Frames with descriptors over a Unix stream socket that never blocks.
///
/// Built on `wire` for the bytes and `posix` for the system calls; it knows nothing of upgrades.
@NullMarked
package dev.ecdysis.internal.transport;

import org.jspecify.annotations.NullMarked;
