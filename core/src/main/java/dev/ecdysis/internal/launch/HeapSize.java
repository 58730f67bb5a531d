package dev.ecdysis.internal.launch;

/// What a JVM takes for its heap.
///
/// @param mostBytes what it may grow to
/// @param firstBytes what it takes as it starts
/// @param flag what says so, such as `-Xmx2g`; empty when it is what the JVM chose
public record HeapSize(long mostBytes, long firstBytes, String flag) {
}
