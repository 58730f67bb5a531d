package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The Nth call of each kind fails, for every N that an upgrade makes, on either side. Afterwards one generation
/// serves, nothing is left behind, and the next upgrade succeeds.
///
/// All of them take minutes, and are tagged so. An ordinary run does the first of each kind and every message on the
/// way, however long that takes, and of the others as many as there is time for.
final class FaultRuns {
    private static final Duration SHORT = Duration.ofSeconds(Long.getLong("ecdysis.faults.seconds", 8));
    /// For what has to be done: a run that needs longer hangs.
    private static final Duration LONG = Duration.ofMinutes(25);
    /// A poll that fails makes the loop late, and its Nth is a matter of chance: few are worth their time.
    private static final int USUAL_POLLS = 3;
    /// Two are never made to fail. Nor is waiting for a child that has ended: Linux cannot fail that, and a child that
    /// was not waited for stays a zombie.
    private static final Set<String> SPARED = Set.of("close", "geteuid", "waitid");

    private static final int FIRST_OF_A_KIND = 0;
    private static final int MESSAGES = 1;
    private static final int OTHERS = 2;
    private static final int LATER_POLLS = 3;

    enum Side {
        PREDECESSOR, SUCCESSOR
    }

    enum Amount {
        SOME, ALL
    }

    private FaultRuns() {
    }

    static void run(Path folder, Side side, Asking asking, Behaviour behaviour, Amount amount) throws Exception {
        long begun = System.nanoTime();
        try (Laboratory laboratory = new Laboratory(folder, behaviour)) {
            Laboratory.Attempt without = attempt(laboratory, side, asking, behaviour, Fault.NONE);
            List<Fault> faults = faults(side == Side.PREDECESSOR ? without.here() : without.there());
            long required = amount == Amount.ALL ? faults.size()
                    : faults.stream().filter(fault -> rank(fault) <= MESSAGES).count();
            int done = 0;
            int happened = 0;
            for (Fault fault : faults) {
                Duration limit = done < required ? LONG : SHORT;
                if (System.nanoTime() - begun > limit.toNanos()) {
                    break;
                }
                long attempted = System.nanoTime();
                Laboratory.Attempt attempt = attempt(laboratory, side, asking, behaviour, fault);
                done++;
                happened += attempt.injected() ? 1 : 0;
                System.err.printf("%s, %s: %s %.120s%s in %d ms%n", side, behaviour, fault, attempt.result(),
                        attempt.injected() ? "" : " (not reached)", (System.nanoTime() - attempted) / 1_000_000);
            }
            System.err.printf("%s, %s: %d of %d calls failed, %d required, %d of them in time, in %d s%n", side,
                    behaviour, done, faults.size(), required, happened,
                    Duration.ofNanos(System.nanoTime() - begun).toSeconds());
            assertThat((long) done).as("faults of " + faults.size()).isGreaterThanOrEqualTo(required);
            assertThat(laboratory.attempt(Behaviour.SERVES, Fault.NONE, Fault.NONE).result())
                    .isInstanceOf(UpgradeResult.Committed.class);
        }
    }

    private static Laboratory.Attempt attempt(Laboratory laboratory, Side side, Asking asking, Behaviour behaviour,
            Fault fault) throws Exception {
        return side == Side.PREDECESSOR ? laboratory.attempt(asking, behaviour, fault, Fault.NONE)
                : laboratory.attempt(asking, behaviour, Fault.NONE, fault);
    }

    /// The most telling first.
    private static List<Fault> faults(List<String> calls) {
        Map<String, Integer> counts = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        for (String call : calls) {
            if (!SPARED.contains(call)) {
                faults.add(new Fault(call, counts.merge(call, 1, Integer::sum)));
            }
        }
        faults.sort(Comparator.comparingInt(FaultRuns::rank).thenComparingInt(Fault::nth)
                .thenComparing(Fault::call));
        return faults;
    }

    private static int rank(Fault fault) {
        if (fault.nth() == 1) {
            return FIRST_OF_A_KIND;
        }
        return switch (fault.call()) {
            case "sendmsg", "recvmsg" -> MESSAGES;
            case "poll" -> fault.nth() <= USUAL_POLLS ? OTHERS : LATER_POLLS;
            default -> OTHERS;
        };
    }
}
