/// Named listening sockets: creating them, owning them, and closing them in the right order.
///
/// May use `accept` and `posix`, and the public API. It knows nothing of handovers: whoever calls it decides what
/// happens when.
@NullMarked
package dev.ecdysis.internal.registry;

import org.jspecify.annotations.NullMarked;
