package dev.ecdysis.cli;

import java.util.List;

/// The only one who prints what a command has to say.
///
/// Thread-safe: a command and the action on its interruption may both come to an end, and only the first is
/// told, so standard output never holds two JSON objects.
final class Output {
    private final Screen out;
    private final Screen err;
    private final boolean json;
    private boolean finished;

    Output(Surroundings surroundings, boolean json) {
        this.out = surroundings.out();
        this.err = surroundings.err();
        this.json = json;
    }

    /// Where progress belongs: beside the result, or on standard error when the result is JSON.
    Screen progress() {
        return json ? err : out;
    }

    /// Lines of the result that should not wait for the end.
    synchronized void sayNow(List<Line> lines) {
        if (!json && !finished) {
            out.print(lines);
        }
    }

    /// Tells how it ended. Only the first call does anything.
    synchronized void finish(Report report) {
        if (finished) {
            return;
        }
        finished = true;
        err.print(report.errors());
        if (json) {
            out.print(List.of(Line.plain(Json.write(report.json()))));
        } else {
            out.print(report.result());
        }
    }
}
