/// Tests of the arithmetic behind the figures.
@NullMarked
package dev.ecdysis.bench;

import org.jspecify.annotations.NullMarked;
