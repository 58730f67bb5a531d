package dev.ecdysis.examples;

import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import java.util.OptionalInt;

/// One line for each phase of an upgrade and one for its result, as `name=value` pairs.
///
/// Both processes of an upgrade write to the same terminal or journal: `role` says which one a line is from.
final class UpgradeLog implements UpgradeObserver {
    private static final int UNKNOWN = -1;
    private static final String PID = "pid ";

    /// A process that does not know its generation yet has just been started by an upgrade.
    private volatile int ownGeneration = UNKNOWN;
    private volatile int latestGeneration;
    private volatile boolean replaced;

    void started(int generation) {
        ownGeneration = generation;
        latestGeneration = generation;
    }

    @Override
    public void phase(Phase phase, int generation, String detail) {
        if (isOfUpgrade(phase)) {
            latestGeneration = generation;
            Console.line(describe(phase, generation, detail));
        }
    }

    /// To drain is part of an upgrade for who was replaced. Others drain because of a stop, or were not kept: they say
    /// so as they exit.
    boolean isOfUpgrade(Phase phase) {
        return phase != Phase.DRAINING || replaced;
    }

    String describe(Phase phase, int generation, String detail) {
        int own = ownGeneration;
        StringBuilder line = new StringBuilder(100).append("upgrade generation=").append(generation)
                .append(" phase=").append(phase.name())
                .append(" role=").append(isSuccessor(phase, generation, own) ? "successor" : "predecessor");
        if (detail.startsWith(PID)) {
            line.append(" pid=").append(detail, PID.length(), detail.length());
        } else if (!detail.isEmpty()) {
            line.append(" detail=").append(quote(detail));
        }
        return line.toString();
    }

    /// Phases carry the successor's generation; only in the last one it is that of the process which drains.
    private static boolean isSuccessor(Phase phase, int generation, int own) {
        return phase != Phase.DRAINING && (own == UNKNOWN || own == generation);
    }

    @Override
    public void result(UpgradeResult result) {
        ended(result);
        Console.line(describe(result, latestGeneration));
    }

    void ended(UpgradeResult result) {
        replaced = result instanceof UpgradeResult.Committed;
    }

    static String describe(UpgradeResult result, int latestGeneration) {
        return switch (result) {
            case UpgradeResult.Committed committed -> "upgrade generation=" + committed.generation()
                    + " result=committed pid=" + committed.pid()
                    + " cutover=" + Durations.format(committed.toCutover())
                    + " pause=" + Durations.format(committed.pause());
            case UpgradeResult.Failed failed -> "upgrade generation=" + latestGeneration
                    + " result=failed phase=" + failed.phase() + status(failed.exitStatus())
                    + " reason=" + quote(failed.reason());
            case UpgradeResult.RolledBack back -> "upgrade generation=" + latestGeneration
                    + " result=rolled-back" + status(back.exitStatus()) + " reason=" + quote(back.reason());
            case UpgradeResult.Refused refused -> "upgrade result=refused reason=" + quote(refused.why());
        };
    }

    static String exiting(Exit exit) {
        return switch (exit) {
            case Exit.Upgraded upgraded -> "exiting reason=upgraded cut-off=" + upgraded.cutOff()
                    + " successor=" + upgraded.successorPid();
            case Exit.Stopped stopped -> "exiting reason=stopped cut-off=" + stopped.cutOff();
            case Exit.RolledBack back -> "exiting reason=rolled-back detail=" + quote(back.reason());
        };
    }

    private static String status(OptionalInt status) {
        return status.isPresent() ? " status=" + status.getAsInt() : "";
    }

    /// Keeps a line one line, and its pairs apart.
    private static String quote(String text) {
        return '"' + text.replace('"', '\'').replace('\n', ' ').replace('\r', ' ') + '"';
    }
}
