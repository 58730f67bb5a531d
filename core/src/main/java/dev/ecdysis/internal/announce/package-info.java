/// Telling others how an upgrade goes and ends: observers, whoever asked, and the flight recorder.
@NullMarked
package dev.ecdysis.internal.announce;

import org.jspecify.annotations.NullMarked;
