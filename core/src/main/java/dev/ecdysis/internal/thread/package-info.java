/// How the library's threads outlive what they cannot help: a heap that is full, a stack or a limit that is exhausted.
///
/// It must not import anything of the library: every other package may need it.
@NullMarked
package dev.ecdysis.internal.thread;

import org.jspecify.annotations.NullMarked;
