/// What was asked for with the builder, and time limits that nobody can ask for.
@NullMarked
package dev.ecdysis.internal.options;

import org.jspecify.annotations.NullMarked;
