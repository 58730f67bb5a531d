package dev.ecdysis;

import java.nio.file.Path;

/// Where a listener listens, and the options its sockets are created with: [Tcp], [Unix] or [Activated]. Immutable.
public sealed interface Address permits Tcp, Unix, Activated {
    /// How many connections may wait in the accept queue of each socket when nothing else is asked for. The
    /// kernel caps it at `net.core.somaxconn`, see
    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html).
    int DEFAULT_BACKLOG = 4096;

    /// The backlog of each socket.
    int backlog();

    /// `tcp:HOST:PORT`, `tcp:[V6]:PORT`, `unix:PATH` or `systemd:NAME`: what [#parse] reads. The options are not in it.
    @Override
    String toString();

    /// Parses `tcp:HOST:PORT`, `tcp:[V6]:PORT`, `unix:PATH` or `systemd:NAME`: the form that `toString()` gives back.
    ///
    /// @throws IllegalArgumentException when the text is not of that form; the message says what is
    static Address parse(String text) {
        if (text.startsWith("tcp:")) {
            return Tcp.parse(text.substring("tcp:".length()));
        }
        if (text.startsWith("unix:") && text.length() > "unix:".length()) {
            return Unix.of(Path.of(text.substring("unix:".length())));
        }
        if (text.startsWith("systemd:")) {
            return Activated.of(text.substring("systemd:".length()));
        }
        throw new IllegalArgumentException(
                "not an address: '" + text + "'; write tcp:HOST:PORT, unix:PATH or systemd:NAME");
    }
}
