/// Does ahead of time, and to no effect, what a JVM takes milliseconds for the first time. Nothing else depends on it: the
/// day an AOT cache does the same, it can go.
@NullMarked
package dev.ecdysis.internal.warmup;

import org.jspecify.annotations.NullMarked;
