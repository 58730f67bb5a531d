package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.handover.Event.UpgradeAsked;

/// What becomes of a signal that asks for an upgrade. Whoever sent it cannot be answered, so the log has to tell, and must
/// say what is so: once, in the process that got it.
final class Heard {
    static final String STOPPING = "the server is stopping";
    static final String THE_UPGRADE_IS_OVER = "the upgrade that is under way has ended";
    static final String NOT_KEPT = "this version is not kept; its predecessor is told, if it still listens: look there";

    private Heard() {
    }

    /// @param begin which starts an upgrade, whoever asked for it
    static Step begins(Step begin, UpgradeAsked asked) {
        return asked.origin() == Origin.SIGNAL ? begin.after(begins(asked.requester())) : begin;
    }

    /// The same for one that was remembered.
    static Step beginsLater(Step begin) {
        return begin.after(begins(UpgradeAsked.PASSED_ON));
    }

    static Step remembered(State next, UpgradeAsked asked, String until) {
        return told(next, asked, true, "remembered until " + until);
    }

    /// An upgrade may follow or not: who sent it has to look.
    static Step inDoubt(State next, UpgradeAsked asked, String why) {
        return told(next, asked, false, why);
    }

    static Step ignored(State state, UpgradeAsked asked, String why) {
        return told(state, asked, false, "ignored: " + why);
    }

    private static Step told(State next, UpgradeAsked asked, boolean heeded, String what) {
        return asked.requester() == UpgradeAsked.PASSED_ON ? Step.stay(next)
                : Step.to(next, new Effect.Acknowledge(asked.requester(), heeded, false, what));
    }

    private static Effect begins(long requester) {
        return new Effect.Acknowledge(requester, true, true, "upgrading");
    }
}
