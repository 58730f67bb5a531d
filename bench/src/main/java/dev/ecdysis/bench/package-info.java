/// Prints the figures of the library, with what a reader needs to judge them: [Main] is where to begin.
@NullMarked
package dev.ecdysis.bench;

import org.jspecify.annotations.NullMarked;
