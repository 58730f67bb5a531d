/// The two sides of a handover: what a process does as the predecessor of one, and as the successor of another.
@NullMarked
package dev.ecdysis.internal.sides;

import org.jspecify.annotations.NullMarked;
