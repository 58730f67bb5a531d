package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/// Makes an ordinary JDK channel of a listening descriptor, so that selectors, virtual threads and every framework
/// work on it at full speed. The JDK has no public way to do that; each implementation is a way around it, and all
/// pass one contract test.
///
/// `O_NONBLOCK` belongs to the open file description, which other processes share: a process that cleared it would
/// hang the others in accept(2). So it is set on every adopted listener, and nothing that can be done with the
/// channel clears it again: not `configureBlocking(true)`, nor an accept with a timeout through its `ServerSocket`,
/// which would on any other channel. Blocking accepts work all the same.
///
/// Implementations are thread-safe.
public interface Adoption {
    /// The system property that forces a strategy: `internals` or `duplicate`.
    String PROPERTY = "dev.ecdysis.adoption";

    /// Makes a channel over a duplicate of the descriptor. The channel owns the duplicate and closes it; the caller
    /// keeps the descriptor, which goes on listening when the channel is closed. The channel is in blocking mode,
    /// bound, and registered with no selector.
    ///
    /// @param listener a listening stream socket: TCP over IPv4 or IPv6, or Unix
    ServerSocketChannel adopt(Fd listener) throws IOException;

    /// Has the JDK load and link what the exact way of [#adopt] uses, where there is that one, to no effect.
    static void rehearse() {
        try {
            InternalsAdoption.rehearse();
        } catch (IOException e) {
            Log.of(Adoption.class).log(System.Logger.Level.DEBUG, "without a rehearsal", e);
        }
    }

    /// Which way this is and what it means, in words for an operator.
    String description();

    /// What an operator should know at every start: one line, with the cure; empty when there is nothing.
    default Optional<String> warning() {
        return Optional.empty();
    }

    /// The best way that works in this JVM, or the one that the system property names.
    ///
    /// @throws IllegalStateException when the property names no strategy, or one that does not work here
    static Adoption select(Posix posix) {
        String forced = System.getProperty(PROPERTY, "");
        Optional<Adoption> exact = InternalsAdoption.ifOpen(posix);
        return switch (forced) {
            case "" -> exact.isPresent() ? exact.get() : new DuplicateAdoption(posix);
            case "internals" -> {
                if (exact.isEmpty()) {
                    throw new IllegalStateException(
                            "-D" + PROPERTY + "=internals needs " + SocketInternals.howToOpen());
                }
                yield exact.get();
            }
            case "duplicate" -> new DuplicateAdoption(posix);
            default -> throw new IllegalStateException("-D" + PROPERTY + "=" + forced
                    + " is not a strategy; write internals or duplicate");
        };
    }
}
