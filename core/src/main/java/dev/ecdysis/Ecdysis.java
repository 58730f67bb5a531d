package dev.ecdysis;

import dev.ecdysis.internal.engine.EngineBuilder;
import dev.ecdysis.spi.Drainable;
import dev.ecdysis.spi.Exclusive;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// A server that can be replaced by a new version of itself while it serves.
///
/// ```java
/// try (Ecdysis ecdysis = Ecdysis.builder().upgradeOn(Signal.HUP).stopOn(Signal.TERM).start()) {
///     Listener http = ecdysis.listen("http", Tcp.of("0.0.0.0", 8080));
///     http.serve(connection -> serve(connection));
///     ecdysis.ready();
///     Exit exit = ecdysis.awaitExit();
/// }
/// ```
///
/// The order is always: start, [#listen] and initialise, [#ready()], [#awaitExit()]. In a successor, `start()` has
/// inherited the predecessor's listeners, `listen` claims them by name, and `ready` returns at cutover. A process holds
/// one instance at a time. All methods may be called from any thread.
public interface Ecdysis extends AutoCloseable {
    /// Options, and then [Builder#start()].
    static Builder builder() {
        return new EngineBuilder();
    }

    /// Opens a listener, or claims the one of that name and address that was inherited. One inherited under the same
    /// name with another address is left to the predecessor, and the new address is bound. Nothing is accepted yet.
    ///
    /// All listeners together may have 1,020 sockets, less two for each generation that [Builder#maxDraining] lets
    /// drain: that is what one message of an upgrade hands over.
    ///
    /// @param name letters, digits, `.`, `_` and `-`, at most 64
    /// @throws EcdysisException when the address cannot be bound, or would be too many sockets; the message says what
    ///         to do
    /// @throws IllegalStateException after [#ready()], or when the name is taken
    Listener listen(String name, Address address) throws EcdysisException;

    /// Registers something that has connections of its own to drain. What counts those of a [dev.ecdysis.spi.Acceptor]
    /// belongs to its listener: [Listener#register(dev.ecdysis.spi.Acceptor, Drainable)].
    void register(Drainable drainable);

    /// Registers something that only one of two generations may hold. The first generation takes it in [#ready()].
    ///
    /// @param name as for [#listen]; unique
    /// @throws IllegalStateException after [#ready()], or when the name is taken
    void register(String name, Exclusive resource);

    /// Says that this process has initialised, and waits until it may serve.
    ///
    /// In generation 0 that is at once. In a successor this returns at cutover, when the predecessor has stopped
    /// accepting; inherited listeners that were not claimed are closed here and served by the predecessor until
    /// the upgrade is committed. No limit is needed: the predecessor has one for each thing that this waits for
    /// ([Builder#handoverTimeout]), and its death, which is noticed within a second, ends the waiting too.
    ///
    /// @throws AbandonedException when the upgrade was given up: the predecessor serves, and this process must end
    /// @throws EcdysisException when an exclusive resource could not be taken in generation 0
    /// @throws InterruptedException when the thread is interrupted; the upgrade is then abandoned
    void ready() throws AbandonedException, EcdysisException, InterruptedException;

    /// Lets a successor refuse, while it initialises or during probation: the predecessor serves on, and reports the
    /// reason to whoever asked for the upgrade. Without effect once committed or in generation 0.
    ///
    /// @param reason one line, at most 1,000 characters; what is longer is cut
    void fail(String reason);

    /// Replaces this process by a new version of itself and waits for the outcome.
    ///
    /// Before [#ready()] has returned it is refused.
    ///
    /// When the result is [UpgradeResult.Committed] this process drains, and [#awaitExit()] returns when it has.
    ///
    /// @throws InterruptedException when the thread is interrupted; the upgrade goes on
    UpgradeResult upgrade() throws InterruptedException;

    /// As [#upgrade()], with a limit to the waiting, not to the upgrade: that has its own.
    ///
    /// @throws TimeoutException when the outcome is not known yet; the upgrade goes on, and a
    ///         [dev.ecdysis.spi.UpgradeObserver] hears how it ends
    /// @throws InterruptedException when the thread is interrupted; the upgrade goes on
    UpgradeResult upgrade(Duration atMost) throws InterruptedException, TimeoutException;

    /// Begins to stop: nothing new is accepted, established connections drain, then [#awaitExit()] returns. During
    /// an upgrade this stops both sides. Called again during the drain, it ends the drain at once; within a second of the
    /// first call, or of a signal that stops, it only repeats that and changes nothing.
    void stop();

    /// Waits until this process has nothing more to do: its connections have been drained after an upgrade or a
    /// stop. Return from `main` then.
    Exit awaitExit() throws InterruptedException;

    /// The same with a limit.
    ///
    /// @return empty when this process still has something to do
    Optional<Exit> awaitExit(Duration atMost) throws InterruptedException;

    /// Waits until the predecessor has ended.
    ///
    /// @return whether it has; true at once when there is none
    boolean awaitPredecessor(Duration atMost) throws InterruptedException;

    /// 0 for the first process of the chain; each committed upgrade adds 1.
    int generation();

    /// Whether this process was started by an upgrade.
    boolean isSuccessor();

    /// Whether this process has stopped accepting for good and waits for its connections to end: the moment to
    /// answer with `Connection: close`.
    boolean isDraining();

    /// Releases everything. Without an [#awaitExit()] before, connections are cut off. Closing a successor that is
    /// not committed makes the predecessor serve on.
    @Override
    void close();
}
