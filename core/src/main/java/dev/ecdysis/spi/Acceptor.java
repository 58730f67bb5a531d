package dev.ecdysis.spi;

import java.io.IOException;

/// A server that accepts by itself from a [dev.ecdysis.Listener#channel()]: what the library must be able to do to it.
///
/// The methods are called on one thread, never two at a time, in the order start, (pause, resume)*, then possibly
/// close. Connections that wait in the accept queue belong to nobody: a paused acceptor must neither accept nor
/// close one.
public interface Acceptor {
    /// Begins to accept. When this returns, the next connection will be accepted.
    ///
    /// @throws IOException when it cannot; the upgrade is then rolled back
    void start() throws IOException;

    /// Stops accepting. When this returns, no accept is under way and none will be until [#resume()].
    ///
    /// @throws IOException when it cannot; the upgrade is then abandoned, and [#resume()] is called
    void pause() throws IOException;

    /// Accepts again, after an upgrade was given up.
    void resume() throws IOException;

    /// Stops accepting for good and lets go of the channel: deregisters it from every selector. The library closes
    /// the channel afterwards.
    void close();
}
