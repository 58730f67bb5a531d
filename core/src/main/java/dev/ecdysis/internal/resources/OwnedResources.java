package dev.ecdysis.internal.resources;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Everything that one generation serves with and lets go of at a handover: listeners, exclusive resources, the
/// control socket and the PID file. The four steps of a handover are here.
public final class OwnedResources {
    private static final System.Logger LOG = Log.of(OwnedResources.class);

    private final Listeners listeners;
    private final Resources resources;
    private final ControlServer control;
    private final PidFileKeeper pidFile;
    private final StepRunner steps;
    private final Duration limit;
    private final StepWork releasing = new StepWork(Step.RELEASE);
    private final StepWork takingBack = new StepWork(Step.TAKE_BACK);
    private final StepWork taking = new StepWork(Step.TAKE);
    private final StepWork relinquishing = new StepWork(Step.LET_GO);
    private volatile List<String> claimed = List.of();
    /// Paused and open: a successor that stops as well serves their queues while it lives. On the loop's thread.
    private final List<ManagedListener> leftToSuccessor = new ArrayList<>();

    private enum Step {
        RELEASE, TAKE_BACK, TAKE, LET_GO
    }

    /// Made before a cutover, and without a switch: a class that is loaded then keeps connections waiting.
    private final class StepWork implements StepRunner.Work {
        private final Step step;

        private StepWork(Step step) {
            this.step = step;
        }

        @Override
        public Event run(StepDeadline deadline) throws IOException, StepException {
            if (step == Step.RELEASE) {
                return releaseClaimed(deadline);
            } else if (step == Step.TAKE) {
                return takeAll(deadline);
            }
            return step == Step.LET_GO ? letGoAll(deadline) : takeBackAll(deadline);
        }

        @Override
        public Event failed(String why) {
            if (step == Step.TAKE_BACK) {
                // What cannot be taken back in time keeps nobody from being served.
                LOG.log(System.Logger.Level.ERROR, "after a rollback: " + why);
                resumeAllSoon();
                pidFile.restore();
                return new Event.TakenBack();
            }
            return step == Step.TAKE ? new Event.TakeFailed(why) : new Event.ReleaseFailed(why);
        }
    }

    public OwnedResources(Listeners listeners, Resources resources, ControlServer control, PidFileKeeper pidFile,
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
    public void release(Collection<String> names) {
        claimed = List.copyOf(names);
        pidFile.leave();
        control.accepting(false);
        run("release", releasing);
    }

    private Event releaseClaimed(StepDeadline deadline) throws IOException, StepException {
        long lastAccept = System.nanoTime();
        for (ManagedListener listener : listeners.all()) {
            if (claimed.contains(listener.name())) {
                pause(listener, deadline);
            }
        }
        resources.letGoAll(deadline);
        return new Event.Released(lastAccept);
    }

    /// A pause that comes too late is undone: nobody else would, and the listener would stay silent for ever.
    private static void pause(ManagedListener listener, StepDeadline deadline) throws IOException, StepException {
        begin(listener, deadline);
        listener.pause();
        if (deadline.isTooLate()) {
            listener.resume();
        }
    }

    /// Nothing of the application's is called for a listener of ours; there is no limit then, nor a text to make.
    private static void begin(ManagedListener listener, StepDeadline deadline) throws StepException {
        if (listener.hasForeignAcceptor()) {
            deadline.begin("listener " + listener.name());
        } else {
            deadline.pass();
        }
    }

    /// In a predecessor whose successor is not kept.
    public void takeBack() {
        run("take-back", takingBack);
        control.accepting(true);
    }

    /// What cannot be resumed is tried again: the rest must be now. The answer waits for the first outcome of each, because
    /// whoever asked for the upgrade is told who serves.
    private Event takeBackAll(StepDeadline deadline) throws StepException {
        resources.takeBackAll(deadline);
        deadline.pass();
        resumeAllSoon();
        for (ManagedListener listener : listeners.all()) {
            begin(listener, deadline);
            try {
                listener.awaitResumed();
            } catch (IOException e) { // its driver has logged it, and goes on
                LOG.log(System.Logger.Level.DEBUG, "listener " + listener.name(), e);
            }
        }
        deadline.pass();
        pidFile.restore();
        return new Event.TakenBack();
    }

    private void resumeAllSoon() {
        for (ManagedListener listener : listeners.all()) {
            listener.resumeSoon();
        }
    }

    /// An acceptor of the application's may hang, and one of ours waits for its thread: the loop must do neither. The drain
    /// waits until it is done.
    private void apart(ManagedListener listener, String what, Runnable action) {
        try {
            Thread.ofPlatform().daemon().name("ecdysis-" + what + "-" + listener.name())
                    .start(() -> Survival.insist(action));
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this, and it has to be done all the same
            SafeLog.log(LOG, "no thread can be started yet to close listener", listener.name(), e);
            steps.soon(() -> apart(listener, what, action));
        }
    }

    /// On the application's thread, before it is ready.
    ///
    /// @throws EcdysisException when the PID file is another server's
    public void check() throws EcdysisException {
        pidFile.check();
    }

    /// In a successor at cutover, or in generation 0.
    public void take() {
        run("take", taking);
        control.accepting(true);
    }

    private Event takeAll(StepDeadline deadline) throws IOException, StepException {
        resources.takeAll(deadline);
        for (ManagedListener listener : listeners.all()) {
            begin(listener, deadline);
            listener.start();
            if (deadline.isTooLate()) {
                listener.pause();
            }
        }
        deadline.pass();
        pidFile.write();
        return new Event.Taken();
    }

    /// At the control socket, before this process serves.
    public void answerClients() {
        control.accepting(true);
    }

    /// In a successor that is not kept.
    public void letGo() {
        control.accepting(false);
        if (steps.isBusy()) {
            // What it may still take nobody can let go of: without our word the predecessor ends this process.
            steps.answer(new Event.ReleaseFailed("a step of the application hangs"));
        } else {
            run("let-go", relinquishing);
        }
    }

    private Event letGoAll(StepDeadline deadline) throws IOException, StepException {
        for (ManagedListener listener : listeners.all()) {
            pause(listener, deadline);
        }
        resources.letGoAll(deadline);
        return new Event.Released(0);
    }

    private void run(String name, StepWork work) {
        if (resources.count() + foreignAcceptors() == 0) {
            steps.runHere(work);
        } else {
            steps.run(name, work, limit);
        }
    }

    /// How long a step may take: each resource and each acceptor of the application may use its whole limit. Our own
    /// parts take no time worth one.
    public Duration stepLimit() {
        return limit.multipliedBy((long) resources.count() + foreignAcceptors());
    }

    private int foreignAcceptors() {
        int count = 0;
        for (ManagedListener listener : listeners.all()) {
            count += listener.hasForeignAcceptor() ? 1 : 0;
        }
        return count;
    }

    /// For good, after a commit: the successor has its own descriptors of what it claimed. What it did not claim is
    /// emptied and served here first.
    public void closeAfterUpgrade(Duration atMost) {
        pidFile.remove(List.of()); // the successor names itself in one of another name, or in none
        control.closeListener(!claimed.contains(Names.CONTROL));
        for (ManagedListener listener : listeners.all()) {
            boolean handedOn = claimed.contains(listener.name());
            apart(listener, "close", handedOn ? listener::closeSockets : () -> listener.serveQueueThenClose(atMost));
        }
    }

    /// For good, at a stop: nobody serves after us, so what waits in the queues is served first, and paths go.
    ///
    /// @param claimedServed whether a successor on probation serves what it has claimed, and stops as well: it empties those
    ///        queues, and this process, which has let go, must not accept from them again while that one lives
    public void closeAtStop(Duration atMost, boolean claimedServed) {
        control.closeListener(true);
        listeners.closeUnclaimed();
        for (ManagedListener listener : listeners.all()) {
            if (claimedServed && claimed.contains(listener.name())) {
                listener.sockets().unlinkIfOurs();
                leftToSuccessor.add(listener);
            } else {
                apart(listener, "close", () -> listener.serveQueueThenStop(atMost));
            }
        }
    }

    /// The successor that was to empty these queues is gone. It has, or this process is the only one that still can.
    public void closeLeft(Duration atMost) {
        for (ManagedListener listener : leftToSuccessor) {
            apart(listener, "close", () -> listener.serveQueueThenStop(atMost));
        }
        leftToSuccessor.clear();
    }

    /// For good, in a successor that is not kept: the predecessor has the same sockets and goes on with them.
    public void closeAfterRollback() {
        control.closeListenerAfterRollback();
        listeners.closeUnclaimed();
        for (ManagedListener listener : listeners.all()) {
            if (!listener.isInherited()) {
                listener.sockets().unlinkIfOurs(); // bound by this process, and nobody else knows of it
            }
            apart(listener, "close", listener::closeSockets);
        }
    }

    /// Removes the PID file, if it names this process or one of those.
    ///
    /// @param others processes that have ended, or end with this one
    public void removePidFile(List<Long> others) {
        pidFile.leave();
        pidFile.remove(others);
    }

    /// In a successor that is on its own from now on.
    public void makeOwn() {
        control.makeOwn();
        for (ManagedListener listener : listeners.all()) {
            listener.makeOwn();
            listener.notes().forEach(note -> LOG.log(System.Logger.Level.WARNING, note));
        }
    }

    public boolean isOutOfDescriptors() {
        return control.isOutOfDescriptors();
    }

    /// What is wrong with the PID file; empty when nothing is.
    public String pidFileTrouble() {
        return pidFile.trouble();
    }

    /// Which listeners accept nothing although this process serves, and why; a line each.
    public List<String> acceptorTroubles() {
        List<String> troubles = new ArrayList<>();
        for (ManagedListener listener : listeners.all()) {
            listener.trouble().ifPresent(troubles::add);
        }
        return troubles;
    }

    /// Why no successor could take over: an acceptor that hangs cannot be paused. From any thread.
    public Optional<String> hangingAcceptor() {
        for (ManagedListener listener : listeners.all()) {
            Optional<String> hanging = listener.hanging();
            if (hanging.isPresent()) {
                return Optional.of("listener " + listener.name() + " cannot be handed over: " + hanging.get()
                        + "; see where it hangs with jcmd PID Thread.print, and stop the server if it does not end");
            }
        }
        return Optional.empty();
    }

    /// Looks after acceptors that should accept and perhaps do not.
    ///
    /// @return whether there is still something to look after
    public boolean lookAfterAcceptors() {
        boolean more = false;
        for (ManagedListener listener : listeners.all()) {
            more |= listener.lookAfter();
        }
        return more;
    }

    public List<ManagedListener> listeners() {
        return listeners.all();
    }

    /// What a successor gets: the control socket, and those of all listeners.
    public List<BoundSockets> sockets() {
        List<BoundSockets> all = new ArrayList<>();
        BoundSockets controlSocket = control.sockets();
        if (controlSocket != null) {
            all.add(controlSocket);
        }
        for (ManagedListener listener : listeners.all()) {
            all.add(listener.sockets());
        }
        return all;
    }

    public void beat(boolean on) {
        for (ManagedListener listener : listeners.all()) {
            listener.beat(on);
        }
    }

    /// Of the accept loop that is latest to do so: when it last went round. Each does at least every 100 ms
    /// while it is told to beat.
    public long latestStepNanos() {
        long latest = System.nanoTime();
        for (ManagedListener listener : listeners.all()) {
            long step = listener.lastStepNanos();
            latest = step - latest < 0 ? step : latest;
        }
        return latest;
    }
}
