/// The other processes of a handover: the successor, the predecessor, and older generations, as this one sees and hears them.
@NullMarked
package dev.ecdysis.internal.peer;

import org.jspecify.annotations.NullMarked;
