package dev.ecdysis.internal.handover;

import java.util.ArrayList;
import java.util.List;

/// What a transition leads to: the next state and what to do on the way there.
public record Step(State state, List<Effect> effects) {
    public Step {
        effects = List.copyOf(effects);
    }

    static Step stay(State state) {
        return new Step(state, List.of());
    }

    static Step to(State state, Effect... effects) {
        return new Step(state, List.of(effects));
    }

    /// The same step with this effect after its own.
    Step and(Effect last) {
        List<Effect> all = new ArrayList<>(effects);
        all.add(last);
        return new Step(state, all);
    }

    /// The same step with these effects before its own.
    Step after(Effect... first) {
        List<Effect> all = new ArrayList<>(List.of(first));
        all.addAll(effects);
        return new Step(state, all);
    }
}
