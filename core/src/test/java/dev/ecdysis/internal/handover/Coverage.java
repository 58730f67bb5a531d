package dev.ecdysis.internal.handover;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What really happened in a story, or in many: plans may come to nothing.
final class Coverage {
    /// A process before it has a state.
    private static final String BOOTING = "Booting";

    private static final List<Fault.Kind> ANYWHERE = List.of(Fault.Kind.CRASH, Fault.Kind.HANG, Fault.Kind.FREEZE,
            Fault.Kind.BREAK, Fault.Kind.SIGNAL, Fault.Kind.COMMAND);
    private static final List<Class<?>> UNWATCHED = List.of(State.Running.class, State.Preflight.class,
            State.Spawning.class, State.Initialising.class, State.Releasing.class, State.CuttingOver.class,
            State.Ending.class,
            State.Probation.class, State.Committing.class, State.Recalling.class, State.Killing.class,
            State.TakingBack.class);

    private final Map<String, Integer> hits = new TreeMap<>();
    private final Set<Launch> disturbedLaunches = new HashSet<>();
    private final Map<Stops.Excuse, Integer> excused = new EnumMap<>(Stops.Excuse.class);
    private int stories;
    private int handovers;
    private int disturbed;

    /// The name of a combination.
    private static String hit(Fault.Kind kind, String state) {
        return kind + " in " + state;
    }

    void launched() {
        handovers++;
    }

    void happened(Fault.Kind kind, SimulatedProcess process, @Nullable State state) {
        hits.merge(hit(kind, state == null ? BOOTING : state.getClass().getSimpleName()), 1, Integer::sum);
        Launch handover = process.handover();
        if (handover != null && !(state instanceof State.Running || state instanceof State.Draining
                || state instanceof State.Exited)) {
            disturbedLaunches.add(handover);
        }
    }

    /// An outage that is no violation.
    void excused(Stops.Excuse excuse) {
        excused.put(excuse, 1);
    }

    void add(Coverage story) {
        stories++;
        handovers += story.handovers;
        disturbed += story.disturbedLaunches.size();
        story.hits.forEach((hit, count) -> hits.merge(hit, count, Integer::sum));
        story.excused.forEach((excuse, count) -> excused.merge(excuse, count, Integer::sum));
    }

    Set<String> hits() {
        return hits.keySet();
    }

    /// In how many handovers something went wrong, or another upgrade was asked for, before they were over.
    int disturbed() {
        return disturbed;
    }

    /// How many handovers in a hundred were the last of a service that could end for this reason. There is at most one in
    /// a story.
    double percentExcused(Stops.Excuse excuse) {
        return 100.0 * excused.getOrDefault(excuse, 0) / handovers;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%d stories, %d handovers, %d of them disturbed".formatted(stories,
                handovers, disturbed));
        for (Stops.Excuse excuse : Stops.Excuse.values()) {
            text.append(", outages excused as %s %.2f %%".formatted(excuse, percentExcused(excuse)));
        }
        hits.entrySet().stream().filter(hit -> possible().contains(hit.getKey())).min(Map.Entry.comparingByValue())
                .ifPresent(rarest -> text.append(", rarest ").append(rarest));
        return text.toString();
    }

    /// Every combination that there can be.
    static Set<String> possible() {
        Set<String> all = new TreeSet<>();
        for (Fault.Kind kind : ANYWHERE) {
            all.add(hit(kind, BOOTING));
            for (Class<?> state : State.class.getPermittedSubclasses()) {
                all.add(hit(kind, state.getSimpleName()));
            }
        }
        all.removeAll(impossible());
        return all;
    }

    private static Set<String> impossible() {
        Set<String> none = new HashSet<>();
        // What hangs for ever must be watched by somebody; the others are frozen for a while instead.
        for (Class<?> state : UNWATCHED) {
            none.add(hit(Fault.Kind.HANG, state.getSimpleName()));
        }
        // There is no connection yet.
        none.add(hit(Fault.Kind.BREAK, "Running"));
        none.add(hit(Fault.Kind.BREAK, "Preflight"));
        for (Fault.Kind trigger : List.of(Fault.Kind.SIGNAL, Fault.Kind.COMMAND)) {
            // Nobody hears it yet; it is no duplicate.
            none.addAll(List.of(hit(trigger, BOOTING), hit(trigger, "Running")));
            // It is over before anything else is taken up.
            none.add(hit(trigger, "CuttingOver"));
        }
        return none;
    }
}
