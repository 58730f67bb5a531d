package dev.ecdysis.internal.engine;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.announce.Notifier;
import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.process.Signals;
import dev.ecdysis.internal.process.Terminal;
import dev.ecdysis.internal.resources.Listeners;
import dev.ecdysis.internal.resources.Names;
import dev.ecdysis.internal.resources.Resources;
import dev.ecdysis.spi.Drainable;
import dev.ecdysis.spi.Exclusive;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the application holds: it passes requests to the loop and waits for what the executor answers.
public final class Engine implements Ecdysis {
    private static final System.Logger LOG = Log.of(Engine.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    /// What is in the hands of a relay is written at once, unless nobody reads our own output.
    private static final Duration WRITTEN_LIMIT = Duration.ofMillis(200);
    /// How long the application's acceptors have to close, of that.
    private static final Duration ACCEPTORS_LIMIT = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final Thread loopThread;
    private final EffectExecutor executor;
    private final Listeners listeners;
    private final Resources resources;
    private final ControlServer control;
    private final Notifier notifier;
    private final Signals signals;
    private final TerminalWatch terminal;
    private final Fd self;
    private final int generation;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean hungUp = new AtomicBoolean();
    private volatile boolean stopping;

    Engine(EventLoop loop, EffectExecutor executor, Listeners listeners, Resources resources,
            ControlServer control,
            Notifier notifier, Signals signals, Fd self, int generation) {
        this.loop = loop;
        this.executor = executor;
        this.listeners = listeners;
        this.resources = resources;
        this.control = control;
        this.notifier = notifier;
        this.signals = signals;
        this.terminal = new TerminalWatch(loop, new Terminal());
        this.self = self;
        this.generation = generation;
        this.loopThread = Thread.ofPlatform().daemon().name("ecdysis").unstarted(loop::run);
    }

    void startLoop() {
        loop.execute(terminal::look);
        loopThread.start();
    }

    /// At a control socket that nobody else has; at an inherited one the predecessor does, while it lives.
    void answerClients() {
        if (!control.isInherited()) {
            loop.execute(executor.owned()::answerClients);
        }
    }

    @Override
    public Listener listen(String name, Address address) throws EcdysisException {
        try {
            return listeners.open(name, address);
        } catch (EcdysisException e) {
            executor.failed(e);
            throw e;
        }
    }

    @Override
    public void register(Drainable drainable) {
        executor.drain().add(drainable);
    }

    @Override
    public void register(String name, Exclusive resource) {
        resources.add(name, resource);
    }

    @Override
    public void ready() throws AbandonedException, EcdysisException, InterruptedException {
        resources.seal();
        Event event = new Event.ApplicationReady(claimed(), executor.owned().stepLimit().toMillis(),
                executor.checkMillis());
        prepare();
        loop.execute(() -> executor.pump().post(event));
        try {
            executor.ready().get();
            signals.warn();
        } catch (ExecutionException e) {
            throw notReady(e);
        } catch (InterruptedException e) {
            fail("interrupted before it was ready");
            throw e;
        }
    }

    /// Of what was inherited: the rest is left to the predecessor.
    private List<String> claimed() {
        List<String> names = new ArrayList<>(listeners.seal());
        if (control.isInherited()) {
            names.add(Names.CONTROL);
        }
        return names;
    }

    /// What takes time is done now, on the application's thread: at the cutover connections wait, and the loop never does.
    private void prepare() throws EcdysisException {
        executor.owned().check();
        for (ManagedListener listener : listeners.all()) {
            try {
                listener.prepare();
            } catch (IOException e) {
                throw new EcdysisException("listener " + listener.name() + " cannot accept: " + e.getMessage(), e);
            }
        }
    }

    /// In generation 0 only a resource that cannot be taken, or a stop, keeps the server from being ready.
    private AbandonedException notReady(ExecutionException e) throws EcdysisException {
        Log.flush();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String reason = String.valueOf(cause.getMessage());
        if (generation == 0 && !executor.wasAbandoned()) {
            throw new EcdysisException(reason, cause);
        }
        boolean byPredecessor = cause instanceof AbandonedException told && told.isStopped();
        AbandonedException abandoned = new AbandonedException(reason, stopping || byPredecessor);
        abandoned.initCause(cause);
        return abandoned;
    }

    @Override
    public void fail(String reason) {
        String line = OneLine.of(reason);
        loop.execute(() -> executor.pump().post(new Event.ApplicationFailed(line)));
    }

    @Override
    public UpgradeResult upgrade() throws InterruptedException {
        try {
            return askForUpgrade().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the outcome of the upgrade is unknown", e);
        }
    }

    @Override
    public UpgradeResult upgrade(Duration atMost) throws InterruptedException, TimeoutException {
        try {
            return askForUpgrade().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the outcome of the upgrade is unknown", e);
        }
    }

    private CompletableFuture<UpgradeResult> askForUpgrade() {
        CompletableFuture<UpgradeResult> result = new CompletableFuture<>();
        loop.execute(() -> {
            long requester = executor.pending().caller(result);
            executor.pump()
                    .post(new Event.UpgradeAsked(Origin.API, requester, executor.reaper().drainingPids()));
        });
        if (closed.get()) {
            result.complete(new UpgradeResult.Refused("this instance is closed"));
        }
        return result;
    }

    @Override
    public void stop() {
        stopping = true;
        stop("the application", System.nanoTime());
    }

    private void stop(String by, long nanos) {
        loop.execute(new Posting(new Event.StopAsked(by, nanos)));
    }

    /// A signal that upgrades. One that comes because the terminal was closed means the end; the kernel and a shell may
    /// both send it, which is no second stop.
    void upgradeSignal(String name) {
        if (name.equals("HUP") && terminal.wasJustClosed()) {
            if (hungUp.compareAndSet(false, true)) {
                stop("SIGHUP, because the terminal was closed", System.nanoTime());
            }
            return;
        }
        loop.execute(new UpgradeSignal("SIG" + name));
    }

    /// No lambda, nor is the next one: one that is linked for the first time without memory could never be made again.
    private final class UpgradeSignal implements Runnable {
        private final String name;

        private UpgradeSignal(String name) {
            this.name = name;
        }

        @Override
        public void run() {
            long requester = executor.pending().signal(name);
            executor.pump()
                    .post(new Event.UpgradeAsked(Origin.SIGNAL, requester, executor.reaper().drainingPids()));
        }
    }

    private final class Posting implements Runnable {
        private final Event event;

        private Posting(Event event) {
            this.event = event;
        }

        @Override
        public void run() {
            executor.pump().post(event);
        }
    }

    /// A signal that stops. Before [#ready()] there is nothing to drain, and the application may be busy initialising:
    /// the first signal makes `ready()` throw, the second does what the signal does without us, unless it only repeats
    /// the first.
    void stopSignal(String name) {
        long now = System.nanoTime();
        if (executor.wasAbandoned()) {
            if (!executor.wasJustStopped(now)) {
                Log.flush();
                signals.raiseByDefault(name);
            }
            return;
        }
        stopping = true;
        stop("SIG" + name, now);
    }

    /// The application is about to exit, so what was said last is written first, if somebody reads.
    @Override
    public Exit awaitExit() throws InterruptedException {
        try {
            Exit exit = executor.exit().get();
            Log.flush();
            return exit;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end is unknown", e);
        }
    }

    @Override
    public Optional<Exit> awaitExit(Duration atMost) throws InterruptedException {
        try {
            Exit exit = executor.exit().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            Log.flush();
            return Optional.of(exit);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end is unknown", e);
        }
    }

    @Override
    public boolean awaitPredecessor(Duration atMost) throws InterruptedException {
        try {
            executor.predecessorGone().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the predecessor's end is unknown", e);
        }
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public boolean isSuccessor() {
        return generation > 0;
    }

    @Override
    public boolean isDraining() {
        return executor.isDraining();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        signals.close();
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            shutDown();
            done.complete(true);
        });
        loop.stop();
        try {
            done.get(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            loopThread.join(CLOSE_LIMIT);
            executor.predecessorSide().awaitRelays(WRITTEN_LIMIT);
            notifier.close(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "could not close in time", e);
        }
        Log.flush();
        Startup.ended();
    }

    /// One that throws must not keep the others open.
    private static void closeForGood(ManagedListener listener, Duration atMost) {
        try {
            listener.closeSockets(atMost);
            listener.cutOff();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "listener " + listener.name(), e);
        }
    }

    /// On the loop's thread, its last task. In what state ever: what is open is closed, and paths that only this
    /// process answers for are removed.
    private void shutDown() {
        Ownership ownership = Ownership.of(executor.pump().state(), generation,
                generation == 0 || executor.isPredecessorDead());
        boolean alone = ownership == Ownership.ALONE;
        boolean ownOnes = alone || ownership == Ownership.NOT_YET;
        executor.close();
        control.close(control.isInherited() ? alone : ownOnes);
        listeners.all().forEach(ManagedListener::closeSoon);
        long deadline = System.nanoTime() + ACCEPTORS_LIMIT.toNanos();
        for (ManagedListener listener : listeners.all()) {
            if (listener.isInherited() ? alone : ownOnes) {
                listener.sockets().unlinkIfOurs();
            }
            closeForGood(listener, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        listeners.close();
        if (alone) {
            executor.removePidFile();
        }
        self.close();
    }
}
