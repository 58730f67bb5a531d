/// Named listening sockets: creating them, owning them, and closing them in the right order. It knows nothing of
/// handovers, nor of who accepts.
@NullMarked
package dev.ecdysis.internal.registry;

import org.jspecify.annotations.NullMarked;
