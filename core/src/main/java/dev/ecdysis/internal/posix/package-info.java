/// System calls as the rest of the library sees them, and who owns a descriptor. It knows nothing of that rest, nor of how
/// the calls are made.
@NullMarked
package dev.ecdysis.internal.posix;

import org.jspecify.annotations.NullMarked;
