package dev.ecdysis;

import dev.ecdysis.internal.engine.EngineBuilder;
import dev.ecdysis.spi.Drainable;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// A server that can be replaced by a new version of itself while it serves.
///
/// ```java
/// try (Ecdysis ecdysis = Ecdysis.builder().upgradeOn(Signal.HUP).stopOn(Signal.TERM).start()) {
///     Listener http = ecdysis.listen("http", Tcp.of("0.0.0.0", 8080));
///     http.serve(connection -> answer(connection));
///     ecdysis.ready();
///     Exit exit = ecdysis.awaitExit();
/// }
/// ```
///
/// The order is always: start, [#listen] and initialise, [#ready()], [#awaitExit()]. In a successor, `start()` has
/// inherited the predecessor's listeners, `listen` claims them by name, and `ready` returns at cutover. A process holds
/// one instance at a time. All methods may be called from any thread.
///
/// Not for implementation by programs: methods may be added in any version. For tests there is
/// [dev.ecdysis.testing.StubEcdysis].
public interface Ecdysis extends AutoCloseable {
    /// Options, and then [Builder#start()]. Nothing happens before that: no thread, no file, no signal.
    static Builder builder() {
        return new EngineBuilder();
    }

    /// Opens a listener, or claims the one of that name and address that was inherited. One inherited under the same
    /// name with another address is left to the predecessor, and the new address is bound. Nothing is accepted yet.
    ///
    /// What a service manager has passed to the first generation is claimed in the same way: what has the listener's name
    /// there, else what has its address, else it is bound. See [Activated].
    ///
    /// @param name letters, digits, `.`, `_` and `-`, at most 64
    /// @throws EcdysisException when the address cannot be bound, or nobody has passed it; the message says what to do
    /// @throws IllegalStateException after [#ready()], or when the name is taken
    Listener listen(String name, Address address) throws EcdysisException;

    /// Registers something that has connections of its own to drain. What counts those of a [dev.ecdysis.spi.Acceptor]
    /// belongs to its listener: [Listener#register(dev.ecdysis.spi.Acceptor, Drainable)]. At any time: one that comes during
    /// the drain is told of it within a second.
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
    ///         [dev.ecdysis.UpgradeObserver] hears how it ends
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

    /// Options of an [Ecdysis]. Each method returns this builder; a value out of range is refused at once with
    /// [IllegalArgumentException]. For one thread at a time; nothing runs before [#start()].
    ///
    /// Not for implementation: options may be added in any version.
    interface Builder {
        /// Signals that start an upgrade. None unless set.
        ///
        /// One that comes at a bad moment is remembered, once: before [Ecdysis#ready()], while an upgrade is under way, or while
        /// as many processes drain as may. The log says what becomes of each.
        ///
        /// @throws IllegalArgumentException when one of them also stops
        Builder upgradeOn(Signal... signals);

        /// Signals that stop the server after a drain; another one during the drain, a second or more after the first, ends it at
        /// once. None unless set.
        ///
        /// During an upgrade the first one stops both processes, whichever it reaches. A second one ends the drain of the
        /// process that it reaches and of no other; the other's ends by its deadline.
        ///
        /// @throws IllegalArgumentException when one of them also upgrades
        Builder stopOn(Signal... signals);

        /// The Unix socket for the command line. Its folder is made with mode 0700 when it is missing. Generation 0 answers
        /// there as soon as [#start()] returns. None unless set.
        Builder controlSocket(Path path);

        /// A file that always names the process that serves, as one decimal number. None unless set.
        Builder pidFile(Path path);

        /// Whether the service manager is given the listening sockets to keep, so that they survive a crash: connections wait
        /// until it has started the server again, and nobody is refused. systemd does so where the unit has
        /// `FileDescriptorStoreMax=` and `Restart=`, see
        /// [systemd.service(5)](https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html). Not done unless
        /// set, nor for what [a socket unit][Activated] has opened.
        Builder storeListeners(boolean on);

        /// How long a successor serves on probation before the predecessor closes its listeners. Default 3 s; with 0 the
        /// upgrade commits at the successor's first heartbeat.
        Builder probation(Duration duration);

        /// How long established connections have to end. Default 30 s.
        Builder drainDeadline(Duration duration);

        /// How long a successor may take from its start until [Ecdysis#ready()]. Default 60 s.
        Builder readyTimeout(Duration duration);

        /// How long the just-in-time compilers of a successor may be kept to the processor time that nothing else on the
        /// machine wants (`SCHED_IDLE`), so that the clients of this process do not notice its start: until it serves, and no
        /// longer than this, because on a busy machine they would get nothing. Default 5 s; with 0 they have normal priority
        /// from the beginning.
        ///
        /// They have that too where this process could not give it back: that needs `CAP_SYS_NICE`, which root has, or an
        /// `RLIMIT_NICE` of 20 (`LimitNICE=0` for systemd). `ecdysis doctor` says which it is.
        Builder lowPriorityBoot(Duration atMost);

        /// How long a successor on probation may be silent before it is killed and the upgrade is rolled back: one whose
        /// process is stopped or stands still, or of whose accept loops one does not go round. However busy the handlers are,
        /// and whatever the health check does, is no silence. Default 2 s, at least 200 ms.
        Builder silenceTimeout(Duration duration);

        /// How long an [dev.ecdysis.spi.Exclusive] resource may take for each of its steps, and an acceptor to pause.
        /// Default 5 s.
        Builder handoverTimeout(Duration duration);

        /// How many processes may drain at the same time, older generations and new versions that were rolled back: at that
        /// number a command is refused, and a signal waits. Default 3, 1 to 100.
        Builder maxDraining(int generations);

        /// What this version calls itself in `ecdysis status`. Default: the `Implementation-Version` of the jar that holds
        /// the main class, else `unknown`.
        Builder version(String label);

        /// What starts a successor, instead of the command line that started generation 0 and of a launch script. The first
        /// element is a program on the PATH or a path; both are resolved anew at each upgrade.
        ///
        /// A command that an operator gives for one upgrade (`ecdysis upgrade -- PROGRAM`) goes before this one, for that
        /// upgrade. The generation that it starts decides by its own builder again.
        ///
        /// @throws IllegalArgumentException when the list is empty
        Builder command(List<String> command);

        /// Asked repeatedly during probation, one question at a time, each on a platform thread of its own. Nothing is
        /// committed before it has answered since the time of probation has passed. Default: always healthy.
        Builder healthCheck(HealthCheck check);

        /// How long the health check may take for one answer: passing it is a refusal, which names it, and the upgrade is
        /// rolled back. Probation is longer than [#probation] as long as an answer is waited for. Default 10 s, at least 1 ms.
        Builder healthCheckTimeout(Duration duration);

        /// Told about each step of an upgrade. May be called more than once to add several.
        Builder observer(UpgradeObserver observer);

        /// Starts: becomes generation 0, or, in a process that an upgrade started, inherits from the predecessor.
        ///
        /// The environment variable by which it knows is unset then. If `System.getenv()` was called before, the JVM puts it
        /// into the environment of child processes all the same; one that uses this library ignores it, as long as the process
        /// that it was meant for runs.
        ///
        /// @throws EcdysisException when this machine or these options cannot work; the message says what to do. Nothing
        ///         is left behind
        /// @throws IllegalStateException when this process already has an instance that is not closed
        Ecdysis start() throws EcdysisException;
    }
}
