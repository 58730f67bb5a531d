@NullMarked
package dev.ecdysis.bench;

import org.jspecify.annotations.NullMarked;
