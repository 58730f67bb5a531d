package dev.ecdysis.internal.handover;

import dev.ecdysis.Phase;
import java.util.OptionalInt;

/// How an upgrade ended, as far as the handover knows it.
public sealed interface Outcome {
    record Committed() implements Outcome {
    }

    record Failed(Phase phase, String reason, OptionalInt exitStatus) implements Outcome {
    }

    record RolledBack(String reason, OptionalInt exitStatus) implements Outcome {
    }

    record Refused(String why) implements Outcome {
    }
}
