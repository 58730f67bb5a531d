package dev.ecdysis;

import dev.ecdysis.spi.HealthCheck;
import dev.ecdysis.spi.UpgradeObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Options of an [Ecdysis]. Each method returns this builder; a value out of range is refused at once with
/// [IllegalArgumentException].
public interface Builder {
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

    /// How long a successor serves on trial before the predecessor closes its listeners. Default 3 s; with 0 the
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
