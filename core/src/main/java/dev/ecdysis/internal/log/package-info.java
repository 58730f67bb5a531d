/// The library's lines in the log, which no thread of the library waits for.
///
/// Imports nothing but [dev.ecdysis.internal.thread].
@NullMarked
package dev.ecdysis.internal.log;

import org.jspecify.annotations.NullMarked;

