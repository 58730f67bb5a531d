/// System calls through the Foreign Function & Memory API, and who owns a descriptor.
///
/// The only package that imports `java.lang.foreign`. It knows nothing of the rest of this library.
@NullMarked
package dev.ecdysis.internal.posix;

import org.jspecify.annotations.NullMarked;
