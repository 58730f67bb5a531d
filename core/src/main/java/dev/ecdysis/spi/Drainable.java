package dev.ecdysis.spi;

/// Something with connections that must end before the process may.
///
/// Called on library threads; the methods must not block for long. One that counts the connections of an [Acceptor] is
/// given to the listener with it, or is the acceptor itself; without, the kernel counts them.
public interface Drainable {
    /// What it is, for progress and status: one or two words.
    String name();

    /// How many connections, streams or requests have not ended yet. The drain is over when all are 0.
    long remaining();

    /// Told once, when the drain begins: announce the end to the peers (`Connection: close`, GOAWAY).
    void announce();

    /// Told at the drain deadline, when [#remaining()] is not 0: close what is left.
    void cutOff();
}
