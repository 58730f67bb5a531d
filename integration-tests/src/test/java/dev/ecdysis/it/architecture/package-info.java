/// Reads this project's own files: limits of size, and what no file may contain.
@NullMarked
package dev.ecdysis.it.architecture;

import org.jspecify.annotations.NullMarked;
