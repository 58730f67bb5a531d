package dev.ecdysis.internal.handover;

/// Why a process stops.
///
/// @param by who asked
/// @param here whether this process was asked itself, and not only told by the other side. Whoever stops a server may
///        signal both of its processes, the group of a terminal or of a service, and each then gets its first
public record Stopping(String by, boolean here) {
    Stopping and(Stopping more) {
        return new Stopping(by, here || more.here);
    }
}
