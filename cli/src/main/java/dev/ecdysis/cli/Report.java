package dev.ecdysis.cli;

import java.util.List;

/// How a command ended, in every form in which it may be told.
///
/// @param result lines for standard output, unless that holds JSON
/// @param errors lines for standard error, with JSON or without
/// @param json what becomes the one JSON object on standard output
record Report(ExitCode exitCode, List<Line> result, List<Line> errors, Object json) {
    Report {
        result = List.copyOf(result);
        errors = List.copyOf(errors);
    }

    static Report done(List<Line> result, Object json) {
        return new Report(ExitCode.DONE, result, List.of(), json);
    }
}
