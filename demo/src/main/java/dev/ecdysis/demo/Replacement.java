package dev.ecdysis.demo;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.UpgradeResult.Failed;
import dev.ecdysis.UpgradeResult.Refused;
import dev.ecdysis.UpgradeResult.RolledBack;
import dev.ecdysis.demo.Change.Outcome;
import dev.ecdysis.demo.load.Load;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// One of the two ways to replace a server.
enum Replacement {
    /// By its successor, while it serves.
    UPGRADE("upgrade") {
        @Override
        Change carryOut(DemoServer server, Optional<String> fault, Load load, Consumer<String> phase)
                throws IOException {
            Duration from = load.elapsed();
            phase.accept("starting");
            UpgradeResult result = server.upgrade(fault,
                    progress -> phase.accept(progress.phase().name().toLowerCase(Locale.ROOT)));
            return change(from, load.elapsed(), result, fault.isPresent());
        }
    },

    /// As a service manager does without help: stop it, and start it once it is gone.
    STOP_THEN_START("stop, then start") {
        @Override
        Change carryOut(DemoServer server, Optional<String> fault, Load load, Consumer<String> phase)
                throws IOException, DemoException, InterruptedException {
            Duration from = load.elapsed();
            phase.accept("stopping");
            server.stop();
            phase.accept("starting");
            server.start();
            Duration to = load.elapsed();
            Duration gone = to.minus(from);
            return new Change(from, to, Outcome.DONE, Optional.empty(), Optional.of(gone),
                    "started anew; nobody accepted for " + Numbers.duration(gone), List.of());
        }
    };

    private final String label;

    Replacement(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /// Replaces the server once.
    ///
    /// @param fault what is wrong with the new version, if anything
    /// @param phase told what is under way
    abstract Change carryOut(DemoServer server, Optional<String> fault, Load load, Consumer<String> phase)
            throws IOException, DemoException, InterruptedException;

    private static Change change(Duration from, Duration to, UpgradeResult result, boolean bad) {
        Optional<Duration> none = Optional.empty();
        return switch (result) {
            case Committed committed -> new Change(from, to, bad ? Outcome.FAILED : Outcome.DONE,
                    Optional.of(committed.toCutover()), Optional.of(committed.pause()),
                    "committed: generation " + committed.generation() + ", pid " + committed.pid()
                            + "; cutover after "
                            + Numbers.duration(committed.toCutover()) + ", nobody accepted for "
                            + Numbers.duration(committed.pause())
                            + (bad ? " (this build should have crashed)" : ""),
                    List.of());
            case Failed failed -> new Change(from, to, bad ? Outcome.TURNED_AWAY : Outcome.FAILED, none, none,
                    "turned away while " + failed.phase().name().toLowerCase(Locale.ROOT) + ": "
                            + failed.reason()
                            + (failed.exitStatus().isPresent()
                                    ? " (exit status " + failed.exitStatus().getAsInt() + ")" : ""),
                    failed.lastWords());
            case RolledBack rolledBack -> new Change(from, to, Outcome.FAILED, none, none,
                    "rolled back: " + rolledBack.reason(), rolledBack.lastWords());
            case Refused refused ->
                new Change(from, to, Outcome.FAILED, none, none, "refused: " + refused.why(),
                        List.of());
        };
    }
}
