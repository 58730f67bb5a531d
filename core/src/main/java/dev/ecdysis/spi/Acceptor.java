package dev.ecdysis.spi;

import java.io.IOException;

/// A server that accepts by itself from a [dev.ecdysis.Listener#channel()]: what the library must be able to do to it.
///
/// All calls come on one thread, from the first to the last: a platform daemon thread of the library's that does nothing
/// else, `ecdysis-acceptor-` and the listener's name. So the methods need no lock against each other, only against the
/// acceptor's own threads. One acceptor that is registered with several listeners has such a thread for each, and is called
/// by them at the same time.
///
/// The order is start, (pause, resume)*, then possibly close. A call that failed is followed by what undoes it: a start by a
/// pause, and that by another start; a pause by a resume. One that was never started is never closed.
///
/// A call should return within [dev.ecdysis.Ecdysis.Builder#handoverTimeout]: one that does not is interrupted once, and
/// counts as failed; nothing else is called until it returns, and then whatever is right by then. What a method throws,
/// checked or not, counts as a failure. Connections that wait in the accept queue belong to nobody: a paused acceptor must
/// neither accept nor close one.
///
/// Its connections are drained before the process ends. One that is a [Drainable] too counts them itself, without being
/// registered as one; else the kernel counts those that are open, see [dev.ecdysis.Listener#register(Acceptor)].
public interface Acceptor {
    /// Begins to accept. When this returns, the next connection will be accepted.
    ///
    /// @throws IOException when it cannot; the upgrade is then rolled back, and [#pause()] is called
    void start() throws IOException;

    /// Stops accepting. When this returns, no accept is under way and none will be until [#resume()].
    ///
    /// @throws IOException when it cannot; the upgrade is then abandoned, and [#resume()] is called
    void pause() throws IOException;

    /// Accepts again, after an upgrade was given up. Also called after a [#pause()] that failed, so it may have nothing
    /// to do.
    ///
    /// @throws IOException when it cannot. It is called again for as long as this process serves, after 50 ms and then
    ///         twice as long each time, 5 s at most; meanwhile `status` and the log say that nobody accepts. The next
    ///         upgrade calls [#pause()] first
    void resume() throws IOException;

    /// Stops accepting for good and lets go of the channel: deregisters it from every selector. The library closes
    /// the channel afterwards, or while this hangs.
    void close();
}
