package dev.ecdysis.cli;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.UpgradeResult.Failed;
import dev.ecdysis.UpgradeResult.Refused;
import dev.ecdysis.UpgradeResult.RolledBack;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Tells how an upgrade ended: what happened, who serves now, and what the operator should know before the
/// next step.
final class UpgradeReport {
    static final String COLD_START = "the disk still holds the release that failed, and the next cold start would "
            + "run it: put the previous release back first";

    private static final String WHO_SERVES = "  See who serves with 'ecdysis status'.";
    private static final String NOBODY_ACCEPTS = "  The old process is the one that should serve, and does not accept on all"
            + " listeners: 'ecdysis status' says why.";

    private static final int MOST_LAST_WORDS = 50;

    private UpgradeReport() {
    }

    /// @param asked how the process that was asked stands after the outcome
    static Report of(UpgradeResult result, Standing asked) {
        return switch (result) {
            case Committed committed ->
                Report.done(committed(committed), UpgradeJson.committed(committed, null, null));
            case Failed failed -> failed(failed, asked);
            case RolledBack rolledBack -> rolledBack(rolledBack, asked);
            case Refused refused -> refused(refused, asked);
        };
    }

    /// The new process serves, and the old one is gone.
    static Report drained(Committed result) {
        return Report.done(List.of(Line.good("Drained: the old process is gone.")),
                UpgradeJson.committed(result, true, null));
    }

    /// The new process serves, and what became of the old one is not known: that it was waited for is what
    /// makes this a failure.
    ///
    /// @param why one line, without the outcome
    static Report notSeenDrained(Committed result, String why) {
        String error = Printable
                .sentence("the upgrade is committed, but the old process was not seen to end: " + why);
        return new Report(ExitCode.FAILED, List.of(), List.of(Line.bad("ecdysis: " + error)),
                UpgradeJson.committed(result, false, error));
    }

    private static List<Line> committed(Committed result) {
        List<Line> lines = new ArrayList<>(List.of(
                Line.good("Upgraded: generation " + result.generation() + " serves, process " + result.pid()
                        + "."),
                Line.plain("  trigger to cutover  " + HumanDuration.text(result.toCutover())),
                Line.plain("  accept pause        " + HumanDuration.text(result.pause()))));
        result.warnings().forEach(warning -> lines.add(Line.caution("Warning: " + Printable.sentence(warning))));
        return lines;
    }

    private static Report failed(Failed result, Standing asked) {
        String phase = ProgressText.name(result.phase());
        List<Line> lines = new ArrayList<>();
        lines.add(Line.bad(
                "ecdysis: the upgrade failed during " + phase + ": " + Printable.sentence(result.reason())));
        lines.add(Line.plain(whoServes(asked, result.phase() == Phase.CUTOVER
                ? "  The old process serves. Connections that came while it had paused have waited."
                : "  The old process serves, and never stopped serving.")));
        addEnd(lines, result.exitStatus(), result.lastWords());
        return new Report(ExitCode.FAILED, List.of(), lines, UpgradeJson.failed(result));
    }

    private static Report rolledBack(RolledBack result, Standing asked) {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.bad("ecdysis: the upgrade was rolled back: " + Printable.sentence(result.reason())));
        lines.add(Line.plain(whoServes(asked, "  The old process serves again.")));
        addEnd(lines, result.exitStatus(), result.lastWords());
        lines.add(Line.caution("Warning: " + COLD_START + "."));
        return new Report(ExitCode.ROLLED_BACK, List.of(), lines, UpgradeJson.rolledBack(result));
    }

    private static String whoServes(Standing asked, String whenItDoes) {
        return switch (asked) {
            case SERVES -> whenItDoes;
            case IMPAIRED -> NOBODY_ACCEPTS;
            case ONE_OF_TWO_SERVES, NOT_READY, NOT_KNOWN -> WHO_SERVES;
        };
    }

    private static Report refused(Refused result, Standing asked) {
        String server = switch (asked) {
            case SERVES, ONE_OF_TWO_SERVES -> "  Nothing was tried; the server serves as before.";
            case NOT_READY -> "  Nothing was tried; the process that was asked goes on, and does not serve yet.";
            case IMPAIRED, NOT_KNOWN -> "  Nothing was tried. See who serves with 'ecdysis status'.";
        };
        return new Report(ExitCode.REFUSED, List.of(),
                List.of(Line.bad("ecdysis: refused: " + Printable.sentence(result.why())),
                        Line.plain(server)),
                UpgradeJson.refused(result));
    }

    private static void addEnd(List<Line> lines, OptionalInt exitStatus, List<String> lastWords) {
        exitStatus.ifPresent(status -> lines.add(Line.plain("  The new process ended with exit status "
                + ExitStatusText.of(status) + ".")));
        if (!lastWords.isEmpty()) {
            lines.add(Line.plain("  Its last words:"));
            lines.addAll(Printable.last(lastWords, MOST_LAST_WORDS,
                    word -> "      " + Printable.outputLine(word)));
        }
    }
}
