package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.AF_INET;
import static dev.ecdysis.internal.posix.Linux.AF_INET6;
import static dev.ecdysis.internal.posix.Linux.AF_UNIX;
import static dev.ecdysis.internal.posix.Linux.SOCK_STREAM;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_ACCEPTCONN;
import static dev.ecdysis.internal.posix.Linux.SO_DOMAIN;
import static dev.ecdysis.internal.posix.Linux.SO_TYPE;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.util.Optional;

/// What can be handed over, by the word for it on the wire, and what the kernel must say of such a socket.
public enum SocketKind {
    /// A stream socket that listens: TCP or Unix.
    STREAM("stream", SOCK_STREAM, true);

    private final String word;
    private final int type;
    private final boolean listens;

    SocketKind(String word, int type, boolean listens) {
        this.word = word;
        this.type = type;
        this.listens = listens;
    }

    /// Empty when this version does not know it.
    public static Optional<SocketKind> of(String word) {
        for (SocketKind kind : values()) {
            if (kind.word.equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    public String word() {
        return word;
    }

    /// Asks the kernel whether it is one of these, and of the family of its address.
    ///
    /// @param start with which a message begins
    /// @param address as [dev.ecdysis.Address#toString()] writes it
    void check(Posix posix, Fd socket, String start, String address) throws EcdysisException, PosixException {
        int found = posix.getsockopt(socket, SOL_SOCKET, SO_TYPE);
        if (found != type) {
            throw new EcdysisException(
                    start + socket + " is a socket of type " + found + ", and one of the kind '" + word
                            + "' has type " + type);
        }
        if ((posix.getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN) != 0) != listens) {
            throw new EcdysisException(start + socket + " is a socket that "
                    + (listens ? "does not listen" : "listens, and one of the kind '" + word + "' does not"));
        }
        int domain = posix.getsockopt(socket, SOL_SOCKET, SO_DOMAIN);
        boolean inet = domain == AF_INET || domain == AF_INET6;
        boolean fits = address.startsWith("unix:") ? domain == AF_UNIX
                : inet || (domain == AF_UNIX && address.startsWith("systemd:"));
        if (!fits) {
            throw new EcdysisException(start + socket + " is of another kind, bound to " + posix.getsockname(socket));
        }
    }
}
