package dev.ecdysis.internal.control;

import java.util.List;

/// What a client may ask. On the loop's thread.
public interface RequestHandler {
    /// Upgrade, and say how it ends.
    ///
    /// @param command what is to start the successor; empty for what would start it anyway
    void upgrade(Reply reply, List<String> command);

    void status(Reply reply);

    void stop(Reply reply);

    void doctor(Reply reply);
}
