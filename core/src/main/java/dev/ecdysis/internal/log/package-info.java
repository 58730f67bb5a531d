/// The library's lines in the log, which no thread of the library waits for.
@NullMarked
package dev.ecdysis.internal.log;

import org.jspecify.annotations.NullMarked;
