/// Named listening sockets: creating them, owning them, and closing them in the right order.
///
/// May use `accept`, `nio` and `posix`, and the public API. It must not import any other internal package,
/// `java.lang.foreign` or `sun.nio.ch`; and it knows nothing of handovers: whoever calls it decides what
/// happens when.
@NullMarked
package dev.ecdysis.internal.registry;

import org.jspecify.annotations.NullMarked;
