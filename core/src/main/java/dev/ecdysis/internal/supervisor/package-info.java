/// `ecdysis run`: starts generation 0, stays, follows whoever serves, and ends with the last one's exit status.
///
/// One thread does everything: it waits in poll(2) for signals, notifications and the ends of processes.
@NullMarked
package dev.ecdysis.internal.supervisor;

import org.jspecify.annotations.NullMarked;
