/// What a successor writes before it is on its own: pipes, passed on and kept as its last words.
@NullMarked
package dev.ecdysis.internal.output;

import org.jspecify.annotations.NullMarked;
