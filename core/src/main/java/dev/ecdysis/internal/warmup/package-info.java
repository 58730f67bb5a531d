/// Does ahead of time, and to no effect, what a JVM takes milliseconds for the first time. Two calls lead into it, one for
/// each side of an upgrade: the day an AOT cache does the same, they and it can go.
@NullMarked
package dev.ecdysis.internal.warmup;

import org.jspecify.annotations.NullMarked;
