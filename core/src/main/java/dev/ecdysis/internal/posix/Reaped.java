package dev.ecdysis.internal.posix;

/// A child that has ended and was waited for.
///
/// @param status its exit status, or 128 plus the signal that killed it, as a shell would say it
public record Reaped(int pid, int status) {
}
