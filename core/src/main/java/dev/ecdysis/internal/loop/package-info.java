/// A thread that waits for descriptors, times and requests with poll(2): what the engine and the control socket run on.
@NullMarked
package dev.ecdysis.internal.loop;

import org.jspecify.annotations.NullMarked;
