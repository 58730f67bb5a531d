package dev.ecdysis;

/// A signal that a server may react to, see [signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html).
///
/// `SIGUSR2` is missing on purpose: HotSpot uses it itself, and handling it breaks Java Flight Recorder.
public enum Signal {
    /// Hang-up: the customary signal for "take the new version". One that comes because the controlling terminal
    /// was closed, within seconds of that, stops the server instead.
    HUP,
    /// Interrupt from the keyboard, Ctrl-C.
    INT,
    /// The customary signal for an orderly end.
    TERM,
    /// User-defined signal 1.
    USR1
}
