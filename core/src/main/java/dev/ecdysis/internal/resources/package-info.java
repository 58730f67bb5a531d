/// What only one generation may serve or hold at a time: listeners, the PID file and the application's, taken, let go and taken back in steps.
@NullMarked
package dev.ecdysis.internal.resources;

import org.jspecify.annotations.NullMarked;
