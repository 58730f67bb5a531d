package dev.ecdysis.spi;

/// Something that only one of two generations may hold: a consumer, a scheduler, a file lock, an embedded database.
///
/// Each step has the time limit of [dev.ecdysis.Ecdysis.Builder#handoverTimeout], of which its context tells what is left;
/// passing it abandons the upgrade, and the thread is interrupted. It runs on a thread of the library's, not always the same.
/// The steps of all resources run one after the other, in the order of registration when taking and in reverse when letting
/// go.
public interface Exclusive {
    /// In the predecessor at cutover: let go, so that the successor can take it. When this returns it is free. Also in a
    /// successor that took it and is not kept.
    void letGo(StepContext context) throws Exception;

    /// In the successor at cutover, or in generation 0: take it; the predecessor has let go.
    void take(StepContext context) throws Exception;

    /// In the predecessor after a rollback: take it back; the successor has let go or is dead. Also in a successor that
    /// had let go, when the predecessor died before it could take over again. What this throws is logged, and the server
    /// serves on.
    void takeBack(StepContext context) throws Exception;
}
