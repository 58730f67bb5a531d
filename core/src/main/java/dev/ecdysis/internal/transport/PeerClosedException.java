package dev.ecdysis.internal.transport;

import java.io.IOException;

/// The other side of a connection is gone, so nothing can be sent; what it said before can still be received.
public final class PeerClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    PeerClosedException(IOException cause) {
        super("the peer has closed the connection: " + cause.getMessage(), cause);
    }
}
