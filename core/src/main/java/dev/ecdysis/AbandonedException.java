package dev.ecdysis;

/// Thrown by [Ecdysis#ready()] in a successor whose upgrade was given up before it took over.
///
/// This process accepts nothing and never will: the predecessor serves. The program should release what it holds
/// and end with a non-zero status.
public final class AbandonedException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason one line
    public AbandonedException(String reason) {
        super(reason);
    }
}
