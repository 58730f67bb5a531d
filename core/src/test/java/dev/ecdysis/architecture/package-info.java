/// Keeps what `ARCHITECTURE.md` says of core's packages.
@NullMarked
package dev.ecdysis.architecture;

import org.jspecify.annotations.NullMarked;
