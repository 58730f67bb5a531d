package dev.ecdysis.demo.load;

import java.util.Locale;

/// How a request was lost. Told apart by the call that failed and the class of its exception, not by message
/// texts.
public enum FailureKind {
    /// The connect was turned down: nobody listens.
    REFUSED,
    /// The peer tore the connection down after connect had begun and before the whole response was here.
    RESET,
    /// The peer closed in good order before the whole response was here, an untouched request included.
    EARLY_EOF,
    /// The connection stood, and the whole response was not here when patience ended.
    TIMEOUT,
    /// The connect had not been answered when patience ended.
    CONNECT_TIMEOUT,
    /// What came was not HTTP, had another status than 2xx, or was longer than it said.
    BAD_RESPONSE,
    /// Anything else, such as no file descriptor or no local port left; the detail names the call.
    OTHER;

    /// As people read it, such as `early eof`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// As programs read it, such as `early_eof`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
