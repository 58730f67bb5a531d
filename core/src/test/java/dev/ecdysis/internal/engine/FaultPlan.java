package dev.ecdysis.internal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which calls are to fail, the most telling first: the first of each kind, every message on the way, and then the
/// others.
///
/// How often a call is made differs a little from one upgrade to the next. What is demanded is what each of several
/// undisturbed ones made: a fault there must happen.
///
/// @param faults all, in order
/// @param demanded how many of them, from the first on, must happen
record FaultPlan(List<Fault> faults, int demanded) {
    /// A poll that fails makes the loop late, and its Nth is a matter of chance: few are worth their time.
    private static final int USUAL_POLLS = 3;
    /// Two are never made to fail. Nor is waiting for a child that has ended: Linux cannot fail that, and a child that
    /// was not waited for stays a zombie.
    private static final Set<String> SPARED = Set.of("close", "geteuid", "waitid");

    private static final int FIRST_OF_A_KIND = 0;
    private static final int MESSAGES = 1;
    private static final int OTHERS = 2;
    private static final int LATER_POLLS = 3;

    FaultPlan {
        faults = List.copyOf(faults);
    }

    /// @param undisturbed the calls of each upgrade that nothing happened to
    static FaultPlan of(List<List<String>> undisturbed) {
        Map<String, Integer> least = new TreeMap<>();
        Map<String, Integer> most = new TreeMap<>();
        for (List<String> calls : undisturbed) {
            Map<String, Integer> counts = counts(calls);
            counts.forEach((call, count) -> most.merge(call, count, Math::max));
        }
        most.keySet().forEach(call -> least.put(call,
                undisturbed.stream().mapToInt(calls -> counts(calls).getOrDefault(call, 0)).min().orElse(0)));
        List<Fault> faults = new ArrayList<>();
        most.forEach((call, count) -> {
            for (int nth = 1; nth <= count; nth++) {
                faults.add(new Fault(call, nth));
            }
        });
        faults.sort(Comparator.<Fault>comparingInt(fault -> rank(fault, least)).thenComparingInt(Fault::nth)
                .thenComparing(Fault::call));
        return new FaultPlan(faults, (int) faults.stream().filter(fault -> rank(fault, least) <= MESSAGES).count());
    }

    private static Map<String, Integer> counts(List<String> calls) {
        Map<String, Integer> counts = new TreeMap<>();
        calls.stream().filter(call -> !SPARED.contains(call)).forEach(call -> counts.merge(call, 1, Integer::sum));
        return counts;
    }

    private static int rank(Fault fault, Map<String, Integer> least) {
        boolean sure = fault.nth() <= least.getOrDefault(fault.call(), 0);
        if (sure && fault.nth() == 1) {
            return FIRST_OF_A_KIND;
        }
        return switch (fault.call()) {
            case "sendmsg", "recvmsg" -> sure ? MESSAGES : OTHERS;
            case "poll" -> fault.nth() <= USUAL_POLLS ? OTHERS : LATER_POLLS;
            default -> OTHERS;
        };
    }
}
