package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The Nth call of each kind fails, for every N that an upgrade makes, on either side. Afterwards one generation
/// serves, nothing is left behind, and the next upgrade succeeds.
///
/// All of them take minutes, and are tagged so. An ordinary run does the first of each kind and every message on the
/// way.
final class FaultRuns {
    /// A run that needs longer hangs.
    private static final Duration LONG = Duration.ofMinutes(25);
    private static final int UNDISTURBED = 3;
    /// An upgrade may make a call less than all that were not disturbed: then its fault does not happen, and it is tried
    /// again.
    private static final int TRIES = 10;

    enum Side {
        PREDECESSOR, SUCCESSOR
    }

    enum Amount {
        SOME, ALL
    }

    private final Laboratory laboratory;
    private final Side side;
    private final Asking asking;
    private final Behaviour behaviour;
    private int happened;

    private FaultRuns(Laboratory laboratory, Side side, Asking asking, Behaviour behaviour) {
        this.laboratory = laboratory;
        this.side = side;
        this.asking = asking;
        this.behaviour = behaviour;
    }

    static void run(Path folder, Side side, Asking asking, Behaviour behaviour, Amount amount) throws Exception {
        try (Laboratory laboratory = new Laboratory(folder, behaviour)) {
            new FaultRuns(laboratory, side, asking, behaviour).run(amount);
        }
    }

    private void run(Amount amount) throws Exception {
        long begun = System.nanoTime();
        List<List<String>> undisturbed = new ArrayList<>();
        for (int i = 0; i < UNDISTURBED; i++) {
            Laboratory.Attempt without = attempt(Fault.NONE);
            assertThat(without.injected()).isFalse();
            undisturbed.add(side == Side.PREDECESSOR ? without.here() : without.there());
        }
        FaultPlan plan = FaultPlan.of(undisturbed);
        List<Fault> faults = plan.faults();
        int required = amount == Amount.ALL ? faults.size() : plan.demanded();
        int done = 0;
        for (Fault fault : faults.subList(0, required)) {
            if (System.nanoTime() - begun > LONG.toNanos()) {
                break;
            }
            inject(fault, done < plan.demanded() ? TRIES : 1);
            done++;
        }
        System.err.printf("%s, %s: %d of %d calls failed, %d required, %d demanded, %d happened, in %d s%n", side,
                behaviour, done, faults.size(), required, plan.demanded(), happened,
                Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        assertThat(done).as("faults of " + faults.size()).isGreaterThanOrEqualTo(required);
        assertThat(plan.demanded()).as("faults that must happen").isPositive();
        assertNextSucceeds();
    }

    /// @param tries how often at most, until it happens; with more than one it must
    private void inject(Fault fault, int tries) throws Exception {
        boolean injected = false;
        for (int i = 0; i < tries && !injected; i++) {
            long attempted = System.nanoTime();
            Laboratory.Attempt attempt = attempt(fault);
            injected = attempt.injected();
            System.err.printf("%s, %s: %s %.120s%s in %d ms%n", side, behaviour, fault, attempt.result(),
                    injected ? "" : " (not reached)", (System.nanoTime() - attempted) / 1_000_000);
        }
        happened += injected ? 1 : 0;
        assertThat(injected || tries == 1).as("%s happened on the %s's side within %d upgrades", fault, side, tries)
                .isTrue();
    }

    private Laboratory.Attempt attempt(Fault fault) throws Exception {
        return side == Side.PREDECESSOR ? laboratory.attempt(asking, behaviour, fault, Fault.NONE)
                : laboratory.attempt(asking, behaviour, Fault.NONE, fault);
    }

    /// The patience of a server whose successors mostly never beat is short, and one that would have beaten may be too
    /// late on a busy machine. Any other end than that is a failure.
    private void assertNextSucceeds() throws Exception {
        UpgradeResult result = laboratory.attempt(Behaviour.SERVES, Fault.NONE, Fault.NONE).result();
        for (int i = 1; i < TRIES && behaviour == Behaviour.SILENT && wasTooLate(result); i++) {
            result = laboratory.attempt(Behaviour.SERVES, Fault.NONE, Fault.NONE).result();
        }
        assertThat(result).isInstanceOf(UpgradeResult.Committed.class);
    }

    private static boolean wasTooLate(UpgradeResult result) {
        return result instanceof UpgradeResult.RolledBack back && back.reason().contains("silent");
    }
}
