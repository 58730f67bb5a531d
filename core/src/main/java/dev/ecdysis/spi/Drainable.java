package dev.ecdysis.spi;

/// Something with connections that must end before the process may.
///
/// One that counts requests, and knows when the last one has ended:
///
/// ```java
/// final class Requests implements Drainable {
///     private final AtomicLong open = new AtomicLong();
///     private volatile DrainContext drain;
///
///     public String name() { return "requests"; }
///     public long remaining() { return open.get(); }
///     public void drain(DrainContext context) { drain = context; }
///     public boolean signals() { return true; }
///     public void cutOff() { closeAll(); }
///
///     void ended() {
///         if (open.decrementAndGet() == 0 && drain != null) {
///             drain.changed();
///         }
///     }
/// }
/// ```
///
/// Called on library threads, several at the same time; the methods must not block for long. One that throws, or does not
/// return, does not keep the process from ending by the deadline. One that counts the connections of an [Acceptor] is given
/// to the listener with it, or is the acceptor itself; without, the kernel counts them.
public interface Drainable {
    /// What it is, for progress and status: one or two words.
    String name();

    /// How many connections, streams or requests have not ended yet, 0 or more. The drain is over when all are 0. Also
    /// called before a drain, for `ecdysis status`.
    long remaining();

    /// Told once, when the drain begins: announce the end to the peers (`Connection: close`, GOAWAY).
    ///
    /// [#remaining()] is asked after this has returned, so what ends meanwhile need not be signalled.
    ///
    /// @param context knows how long they have, and wants to be told when [#remaining()] has become 0
    void drain(DrainContext context);

    /// Whether it calls [DrainContext#changed()] whenever [#remaining()] has become 0 during the drain: then it is asked
    /// only at that, and a drain ends the moment the last connection does. Else it is asked once a second. Asked once,
    /// before [#drain].
    default boolean signals() {
        return false;
    }

    /// Told at the drain deadline, when [#remaining()] is not 0: close what is left.
    void cutOff();
}
