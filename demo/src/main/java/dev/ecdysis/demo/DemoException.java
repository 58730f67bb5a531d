package dev.ecdysis.demo;

import java.util.List;

/// The demo cannot go on: the example does not start, or ended when it should not have.
final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What an exception says; some have nothing but their name.
    static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    /// @param message one line that says what to do
    DemoException(String message) {
        super(message);
    }

    /// @param lastWords what the server wrote last to its standard error
    DemoException(String message, List<String> lastWords) {
        super(lastWords.isEmpty() ? message
                : message + "; its last words:\n  " + String.join("\n  ", lastWords));
    }
}
