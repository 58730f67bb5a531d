package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.process.PidFile;
import dev.ecdysis.internal.registry.ManagedListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Everything that one generation serves with and lets go of at a handover: listeners, exclusive resources, the
/// control socket and the PID file. The four steps of a handover are here.
final class Holdings {
    private static final System.Logger LOG = System.getLogger(Holdings.class.getName());

    private final Listeners listeners;
    private final Resources resources;
    private final ControlServer control;
    private final Optional<PidFile> pidFile;
    private final StepRunner steps;
    private final Duration limit;
    // Made beforehand: linking a method reference for the first time takes longer than the whole cutover may.
    private final StepRunner.Work releasing = this::releaseClaimed;
    private final StepRunner.Work takingBack = this::takeBackAll;
    private final StepRunner.Work taking = this::takeAll;
    private final StepRunner.Work lettingGo = this::letGoAll;
    private final Function<String, Event> releaseFailed = Event.ReleaseFailed::new;
    private final Function<String, Event> takeFailed = Event.TakeFailed::new;
    private volatile List<String> claimed = List.of();
    private volatile long releaseAsked;

    Holdings(Listeners listeners, Resources resources, ControlServer control, Optional<PidFile> pidFile,
            StepRunner steps, Duration limit) {
        this.listeners = listeners;
        this.resources = resources;
        this.control = control;
        this.pidFile = pidFile;
        this.steps = steps;
        this.limit = limit;
    }

    /// In a predecessor: pauses the listeners that the successor claims, then frees what only one may hold. The others
    /// are served on: nobody else will.
    void release(Collection<String> names) {
        claimed = List.copyOf(names);
        releaseAsked = System.nanoTime();
        control.accepting(false);
        run("release", releasing, releaseFailed);
    }

    private Event releaseClaimed(Checkpoint checkpoint) throws IOException, StepException {
        for (ManagedListener listener : listeners.all()) {
            if (claimed.contains(listener.name())) {
                pause(listener, checkpoint);
            }
        }
        resources.letGoAll(checkpoint);
        return new Event.Released(releaseAsked);
    }

    /// A pause that comes too late is undone: nobody else would, and the listener would stay silent for ever.
    private static void pause(ManagedListener listener, Checkpoint checkpoint) throws IOException, StepException {
        checkpoint.pass();
        listener.pause();
        if (checkpoint.isTooLate()) {
            listener.resume();
        }
    }

    /// In a predecessor whose successor is not kept.
    void takeBack() {
        run("take-back", takingBack, why -> {
            LOG.log(System.Logger.Level.ERROR, "after a rollback: " + why);
            return new Event.TakenBack();
        });
        control.accepting(true);
    }

    /// What cannot be resumed is logged: the rest must be.
    private Event takeBackAll(Checkpoint checkpoint) {
        resources.takeBackAll(checkpoint);
        for (ManagedListener listener : listeners.all()) {
            tryTo("resume listener " + listener.name(), listener::resume);
        }
        tryTo("name this process in the PID file", this::writePidFile);
        return new Event.TakenBack();
    }

    /// In a successor at cutover, or in generation 0.
    void take() {
        run("take", taking, takeFailed);
        control.accepting(true);
    }

    private Event takeAll(Checkpoint checkpoint) throws IOException, StepException {
        resources.takeAll(checkpoint);
        for (ManagedListener listener : listeners.all()) {
            checkpoint.pass();
            listener.start();
            if (checkpoint.isTooLate()) {
                listener.pause();
            }
        }
        checkpoint.pass();
        writePidFile();
        return new Event.Taken();
    }

    /// In a successor that is not kept.
    void letGo() {
        control.accepting(false);
        run("let-go", lettingGo, releaseFailed);
    }

    private Event letGoAll(Checkpoint checkpoint) throws IOException, StepException {
        for (ManagedListener listener : listeners.all()) {
            listener.pause();
        }
        resources.letGoAll(checkpoint);
        return new Event.Released(0);
    }

    private void run(String name, StepRunner.Work step, Function<String, Event> failed) {
        if (resources.count() == 0 && !callsTheApplication()) {
            steps.runHere(step, failed);
        } else {
            steps.run(name, step, stepLimit(), failed);
        }
    }

    /// How long a step may take: each resource may use its whole limit, and acceptors of the application one more. Our
    /// own parts take no time worth a limit.
    Duration stepLimit() {
        return resources.count() == 0 && !callsTheApplication() ? Duration.ZERO
                : limit.multipliedBy(resources.count() + 1L);
    }

    private boolean callsTheApplication() {
        for (ManagedListener listener : listeners.all()) {
            if (listener.hasForeignAcceptor()) {
                return true;
            }
        }
        return false;
    }

    private void writePidFile() throws IOException {
        if (pidFile.isPresent()) {
            pidFile.get().write();
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static void tryTo(String what, Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "could not " + what, e);
        }
    }

    /// For good, after a commit: the successor has its own descriptors of what it claimed. What it did not claim is
    /// emptied and served here first.
    void closeAfterUpgrade(Collection<String> claimed, Duration atMost) {
        control.closeListener(false);
        for (ManagedListener listener : listeners.all()) {
            if (claimed.contains(listener.name())) {
                listener.closeSockets();
            } else {
                listener.serveQueueThenClose(atMost);
            }
        }
    }

    /// For good, at a stop: nobody serves after us, so what waits in the queues is served first, and paths go.
    void closeAtStop(Duration atMost) {
        control.closeListener(true);
        listeners.closeUnclaimed();
        listeners.all().forEach(listener -> listener.serveQueueThenStop(atMost));
    }

    /// For good, in a successor that is not kept: the predecessor has the same sockets and goes on with them.
    void closeAfterRollback() {
        control.closeListener(false);
        listeners.closeUnclaimed();
        listeners.all().forEach(ManagedListener::closeSockets);
    }

    void removePidFile() {
        if (pidFile.isPresent()) {
            tryTo("remove the PID file", pidFile.get()::removeIfOurs);
        }
    }

    List<ManagedListener> listeners() {
        return listeners.all();
    }

    void beat(boolean on) {
        listeners.all().forEach(listener -> listener.beat(on));
    }
}
