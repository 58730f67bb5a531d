package dev.ecdysis.cli;

import dev.ecdysis.client.ControlException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reports of what went wrong before or beside an outcome of the server's: one line each, with its cure.
final class Failures {
    /// The outcome in JSON when the server was asked and nobody knows what it did.
    private static final String UNKNOWN = "unknown";

    private static final String PREFIX = "ecdysis: ";

    private Failures() {
    }

    /// A failure without an outcome.
    ///
    /// @param outcome stable, for programs
    /// @param error for humans
    record FailureJson(String outcome, String error) {
    }

    static Report usage(String error, String helpCommand) {
        String safe = Printable.sentence(error);
        return new Report(ExitCode.USAGE, List.of(),
                List.of(Line.bad(PREFIX + safe), Line.plain("Try '" + helpCommand + " --help'.")),
                new FailureJson("usage", safe));
    }

    /// The connection could not be had, or failed while nothing was being changed.
    static Report of(ControlException failure) {
        String outcome = failure.reason() == ControlException.Reason.PROTOCOL ? "failed"
                : failure.reason().name().toLowerCase(Locale.ROOT);
        return simple(exitCode(failure), outcome, String.valueOf(failure.getMessage()));
    }

    /// What a command ends with that could not have the connection.
    static ExitCode exitCode(ControlException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE -> ExitCode.UNREACHABLE;
            case REFUSED, UNTRUSTED -> ExitCode.REFUSED;
            case PROTOCOL -> ExitCode.FAILED;
        };
    }

    /// The server was lost while it worked on what it was asked for.
    ///
    /// @param what what was under way, such as `the upgrade`
    static Report lost(String what, ControlException failure) {
        if (failure.reason() == ControlException.Reason.REFUSED) {
            return of(failure);
        }
        return unknown("lost the server during " + what + " (" + failure.getMessage() + "): "
                + "see how it ended with 'ecdysis status'");
    }

    /// Somebody ended this process while the server worked on.
    ///
    /// @param what what goes on, such as `the upgrade`
    static Report interrupted(String what) {
        return unknown("no longer waiting; " + what + " goes on: see how it ends with 'ecdysis status'");
    }

    private static Report unknown(String error) {
        return simple(ExitCode.FAILED, UNKNOWN, error);
    }

    private static Report simple(ExitCode exitCode, String outcome, String error) {
        String safe = Printable.sentence(error);
        return new Report(exitCode, List.of(), List.of(Line.bad(PREFIX + safe)),
                new FailureJson(outcome, safe));
    }

    /// A defect, here or in the library.
    static Report unexpected(Throwable failure, boolean debug) {
        String error = Printable.sentence("unexpected error: " + failure);
        List<Line> lines = new ArrayList<>();
        if (debug) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            trace.toString().lines().map(Printable::outputLine).map(Line::plain).forEach(lines::add);
            lines.add(Line.bad(PREFIX + error));
        } else {
            lines.add(Line.bad(PREFIX + error + " (set -D" + Surroundings.DEBUG_PROPERTY
                    + "=true to see where it comes from)"));
        }
        return new Report(ExitCode.FAILED, List.of(), lines, new FailureJson("failed", error));
    }
}
