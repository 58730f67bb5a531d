package dev.ecdysis.internal.notify;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.status.DrainingStatus;
import java.util.List;
import java.util.Locale;

/// The line that `systemctl status` shows.
final class StatusText {
    /// A datagram to systemd has 4096 bytes at most, and a character up to three.
    private static final int LONGEST = 1_000;

    private StatusText() {
    }

    /// @param what such as `serving`
    static String of(String what, int generation, List<DrainingStatus> older) {
        StringBuilder text = new StringBuilder(what).append(", generation ").append(generation);
        for (DrainingStatus one : older) {
            text.append("; generation ").append(one.generation()).append(" drains");
            if (one.connections() >= 0) {
                text.append(", ").append(one.connections()).append(" connections left");
            }
        }
        return text.toString();
    }

    /// @param pid empty while there is no process
    static String upgrading(Phase phase, int generation, String pid) {
        return "; upgrading to generation " + generation + ": " + word(phase)
                + (pid.isEmpty() ? "" : ", process " + pid);
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    /// What is said until the next upgrade; empty after one that was committed.
    static String of(Outcome outcome, int generation) {
        String upgrade = "; the upgrade to generation " + generation + " ";
        return switch (outcome) {
            case Outcome.Committed committed -> "";
            case Outcome.Failed failed -> upgrade + "failed in phase " + word(failed.phase()) + ": " + failed.reason()
                    + (failed.exitStatus().isPresent() ? " (exit status " + failed.exitStatus().getAsInt() + ")" : "");
            case Outcome.RolledBack back -> upgrade + "was rolled back: " + back.reason()
                    + (back.exitStatus().isPresent() ? " (exit status " + back.exitStatus().getAsInt() + ")" : "");
            case Outcome.Refused refused -> upgrade + "was refused: " + refused.why();
        };
    }

    /// As a line of a datagram.
    static String line(String text) {
        String line = OneLine.of(text).replaceAll("\\p{Cntrl}", "?");
        return "STATUS=" + (line.length() > LONGEST ? line.substring(0, LONGEST) : line);
    }
}
