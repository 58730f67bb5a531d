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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The Nth call of each kind fails, for every N that an upgrade makes, on either side. Afterwards one generation
/// serves, nothing is left behind, and the next upgrade succeeds.
///
/// All of them take minutes, and are tagged so; an ordinary run begins with the first of each kind, and does as many
/// as there is time for.
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class UpgradeUnderFaultTest {
    private static final Duration SHORT = Duration.ofSeconds(Long.getLong("ecdysis.faults.seconds", 10));
    private static final Duration LONG = Duration.ofMinutes(25);
    /// Two are never made to fail. Nor is waiting for a child that has ended: Linux cannot fail that, and a child that
    /// was not waited for stays a zombie.
    private static final Set<String> SPARED = Set.of("close", "geteuid", "waitid");

    private enum Side {
        PREDECESSOR, SUCCESSOR
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void someCallsOfThePredecessorFail(Behaviour behaviour) throws Exception {
        run(Side.PREDECESSOR, behaviour, SHORT);
    }

    @Test
    void someCallsOfTheSuccessorFail() throws Exception {
        run(Side.SUCCESSOR, Behaviour.SERVES, SHORT);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource
    void everyCallOfThePredecessorFails(Behaviour behaviour) throws Exception {
        run(Side.PREDECESSOR, behaviour, LONG);
    }

    @Tag("soak")
    @Test
    void everyCallOfTheSuccessorFails() throws Exception {
        run(Side.SUCCESSOR, Behaviour.SERVES, LONG);
    }

    private void run(Side side, Behaviour behaviour, Duration atMost) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Laboratory laboratory = new Laboratory(folder)) {
            Laboratory.Attempt without = attempt(laboratory, side, behaviour, Fault.NONE);
            List<Fault> faults = faults(side == Side.PREDECESSOR ? without.here() : without.there());
            int done = 0;
            int happened = 0;
            for (Fault fault : faults) {
                if (System.nanoTime() - deadline > 0) {
                    break;
                }
                long begun = System.nanoTime();
                Laboratory.Attempt attempt = attempt(laboratory, side, behaviour, fault);
                done++;
                happened += attempt.injected() ? 1 : 0;
                System.err.printf("%s, %s: %s %.120s%s in %d ms%n", side, behaviour, fault, attempt.result(),
                        attempt.injected() ? "" : " (not reached)", (System.nanoTime() - begun) / 1_000_000);
            }
            System.err.printf("%s, %s: %d of %d calls failed, %d of them in time%n", side, behaviour, done,
                    faults.size(), happened);
            assertThat(laboratory.attempt(Behaviour.SERVES, Fault.NONE, Fault.NONE).result())
                    .isInstanceOf(UpgradeResult.Committed.class);
        }
    }

    private static Laboratory.Attempt attempt(Laboratory laboratory, Side side, Behaviour behaviour, Fault fault)
            throws Exception {
        return side == Side.PREDECESSOR ? laboratory.attempt(behaviour, fault, Fault.NONE)
                : laboratory.attempt(behaviour, Fault.NONE, fault);
    }

    /// The first of each kind first.
    private static List<Fault> faults(List<String> calls) {
        Map<String, Integer> counts = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        for (String call : calls) {
            if (!SPARED.contains(call)) {
                faults.add(new Fault(call, counts.merge(call, 1, Integer::sum)));
            }
        }
        faults.sort(Comparator.comparingInt(Fault::nth).thenComparing(Fault::call));
        return faults;
    }
}
