/// What systemd does with the unit that this process runs in, once this process has been replaced.
@NullMarked
package dev.ecdysis.internal.systemd;

import org.jspecify.annotations.NullMarked;
