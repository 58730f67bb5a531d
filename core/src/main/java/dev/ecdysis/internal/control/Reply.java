package dev.ecdysis.internal.control;

import dev.ecdysis.internal.wire.Message;

/// Where the answer to a request goes. On the loop's thread; a client that is gone is no error.
public interface Reply {
    void send(Message message);

    /// Who asked, in words for a log: pid and uid.
    String peer();
}
