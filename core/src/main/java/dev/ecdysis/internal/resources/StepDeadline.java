package dev.ecdysis.internal.resources;

/// Asked by a step of a handover before and after each thing that it does: a step that outlasted its limit counts as
/// failed, and the handover has gone on, so whatever it still did would undo what came after it.
@FunctionalInterface
public interface StepDeadline {
    boolean isTooLate();

    default void pass() throws StepException {
        if (isTooLate()) {
            throw new StepException("it came after its time limit");
        }
    }

    /// The same, before something of the application's begins, which has the whole limit for itself.
    ///
    /// @param what it is, for the reason that is given when it takes too long
    default void begin(String what) throws StepException {
        pass();
    }
}
