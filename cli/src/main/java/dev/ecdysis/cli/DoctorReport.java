package dev.ecdysis.cli;

import dev.ecdysis.status.Check;
import dev.ecdysis.status.Check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the doctor found, with the cure of everything that is not well.
final class DoctorReport {
    private DoctorReport() {
    }

    /// What was looked at.
    enum Where {
        MACHINE,
        SERVER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A check and whom it is about.
    record Finding(Check check, Where where) {
    }

    /// What `doctor --json` prints.
    record DoctorJson(List<CheckJson> checks, long failed, long warned) {
    }

    /// One check in it.
    record CheckJson(String name, String verdict, String found, String cure, String where) {
        static CheckJson of(Finding finding) {
            Check check = finding.check();
            return new CheckJson(check.name(), check.verdict().name().toLowerCase(Locale.ROOT), check.found(),
                    check.cure(), finding.where().word());
        }
    }

    static Report of(List<Finding> findings) {
        return of(findings, count(findings, Verdict.FAIL) == 0 ? ExitCode.DONE : ExitCode.FAILED);
    }

    /// @param exitCode when more is to be said than whether a check failed
    static Report of(List<Finding> findings, ExitCode exitCode) {
        long failed = count(findings, Verdict.FAIL);
        long warned = count(findings, Verdict.WARN) + count(findings, Verdict.UNKNOWN);
        List<Line> lines = new ArrayList<>();
        for (Where where : Where.values()) {
            findings.stream().filter(finding -> finding.where() == where)
                    .forEach(finding -> addCheck(lines, finding));
        }
        lines.add(summary(findings.size(), failed, warned));
        DoctorJson json = new DoctorJson(findings.stream().map(CheckJson::of).toList(), failed, warned);
        return new Report(exitCode, lines, List.of(), json);
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(finding -> finding.check().verdict() == verdict).count();
    }

    private static void addCheck(List<Line> lines, Finding finding) {
        Check check = finding.check();
        String text = finding.where().word() + "  " + Printable.label(check.name()) + ": "
                + Printable.sentence(check.found());
        lines.add(switch (check.verdict()) {
            case PASS -> Line.plain("pass  " + text);
            case WARN -> Line.caution("warn  " + text);
            case UNKNOWN ->
                Line.caution("warn  " + text + " (a verdict that only a later version of this program knows)");
            case FAIL -> Line.bad("FAIL  " + text);
        });
        if (!check.cure().isEmpty()) {
            lines.add(Line.plain("      cure: " + Printable.sentence(check.cure())));
        }
    }

    private static Line summary(int all, long failed, long warned) {
        String counts = all + (all == 1 ? " check, " : " checks, ") + failed + " failed, " + warned
                + " warned: ";
        if (failed > 0) {
            return Line.bad(counts + "upgrades will fail here.");
        }
        return warned > 0 ? Line.caution(counts + "upgrades work.") : Line.good(counts + "upgrades work.");
    }
}
