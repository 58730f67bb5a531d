package dev.ecdysis.internal.engine;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Signal;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.activation.PassedSockets;
import dev.ecdysis.internal.announce.Notifier;
import dev.ecdysis.internal.control.ControlFolder;
import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.drain.DrainWatch;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.launch.HandoverVariable;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.LaunchSize;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.notify.FailedStart;
import dev.ecdysis.internal.notify.ServiceManager;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.output.ClosedStreams;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.InheritedVariable;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.process.PidFile;
import dev.ecdysis.internal.process.Signals;
import dev.ecdysis.internal.procfs.Supervision;
import dev.ecdysis.internal.pump.EventPump;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Keeper;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.resources.Listeners;
import dev.ecdysis.internal.resources.Names;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.resources.PidFileKeeper;
import dev.ecdysis.internal.resources.PidFileOwner;
import dev.ecdysis.internal.resources.RelativePaths;
import dev.ecdysis.internal.resources.Resources;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.sides.PredecessorSide;
import dev.ecdysis.internal.sides.SuccessorSide;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// Puts an engine together: as generation 0, or from what a predecessor hands over.
final class Startup {
    private static final System.Logger LOG = Log.of(Startup.class);
    private static final AtomicBoolean RUNNING = new AtomicBoolean();
    private static final AtomicBoolean INHERITED = new AtomicBoolean();

    private final Posix posix;
    private final Options options;
    private final Optional<Inheritance> inheritance;
    private final Adoption adoption;
    private final Deque<AutoCloseable> undo = new ArrayDeque<>();

    private Startup(Posix posix, Options options, Optional<Inheritance> inheritance, Adoption adoption) {
        this.posix = posix;
        this.options = options;
        this.inheritance = inheritance;
        this.adoption = adoption;
    }

    static Ecdysis start(Posix posix, Options options) throws EcdysisException {
        if (!RUNNING.compareAndSet(false, true)) {
            throw new IllegalStateException("this process already has an Ecdysis that is not closed");
        }
        Optional<Inheritance> inheritance = Optional.empty();
        boolean started = false;
        try {
            Adoption adoption = selectAdoption(posix);
            inheritance = inherit(posix);
            if (inheritance.isEmpty()) {
                ClosedStreams.occupy();
            }
            Engine engine = new Startup(posix, options, inheritance, adoption).assemble();
            started = true;
            adoption.warning().ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
            return engine;
        } catch (InvalidPathException e) {
            throw new EcdysisException(
                    "cannot start: the name of the working directory, of an argument or of a path has"
                            + " characters that this locale does not know (" + e.getReason()
                            + "); start it with LC_ALL=C.UTF-8",
                    e);
        } catch (IOException e) {
            EcdysisException failure = e instanceof EcdysisException ours ? ours
                    : new EcdysisException("cannot start: " + e.getMessage(), e);
            FailedStart.tell(posix, HandoverVariable.NAME, failure);
            throw failure;
        } finally {
            if (!started) {
                inheritance.ifPresent(Inheritance::close);
                ended();
            }
        }
    }

    static void ended() {
        RUNNING.set(false);
    }

    private static Adoption selectAdoption(Posix posix) throws EcdysisException {
        try {
            return Adoption.select(posix);
        } catch (IllegalStateException e) {
            throw new EcdysisException(String.valueOf(e.getMessage()), e);
        }
    }

    /// /proc/self/environ is as the process was started, for ever: what was taken once is not there any more.
    private static Optional<Inheritance> inherit(Posix posix) throws IOException {
        if (INHERITED.get()) {
            return Optional.empty();
        }
        Optional<HandoverVariable> variable = HandoverVariable.findInThisProcess(posix);
        if (variable.isEmpty()) {
            return Optional.empty();
        }
        // A child of ours that starts later must not take itself for the successor.
        posix.unsetenv(HandoverVariable.NAME);
        if (InheritedVariable.wasTakenByAnAncestor(variable.get())) {
            LOG.log(System.Logger.Level.DEBUG, "{0} was meant for the process that started this one, which took it up",
                    variable.get());
            return Optional.empty();
        }
        Inheritance taken = Inheritance.receive(posix, variable.get().open(posix));
        INHERITED.set(true);
        return Optional.of(taken);
    }

    /// What it has opened and bound is closed again when it fails half-way.
    private Engine assemble() throws IOException {
        boolean complete = false;
        try {
            Engine engine = connect();
            complete = true;
            return engine;
        } finally {
            if (!complete) {
                undo();
            }
        }
    }

    private void undo() {
        for (AutoCloseable opened : undo) {
            try {
                opened.close();
            } catch (Exception e) { // the others must be closed too
                LOG.log(System.Logger.Level.WARNING, "after a start that failed", e);
            }
        }
    }

    private Engine connect() throws IOException {
        int generation = inheritance.isPresent() ? inheritance.get().generation() : 0;
        SocketFactory factory = new SocketFactory(posix);
        Listeners listeners = new Listeners(factory, adoption, options.handoverTimeout());
        Resources resources = new Resources(options.handoverTimeout(), generation);
        Notifier notifier = new Notifier(options.observers());
        Signals signals = new Signals();
        undo.push(notifier);
        EventLoop loop = new EventLoop(posix);
        undo.push(loop);
        State first = new State.Inheriting(inheritance.isPresent() ? State.Peer.THERE : State.Peer.DEAD,
                false);
        EventPump pump = new EventPump(new Handover(options.maxDraining()), first);
        EffectExecutor executor = new EffectExecutor(loop, options, notifier, pump);
        LaunchDescription launch = inheritance.isPresent() ? inheritance.get().launch()
                : LaunchDescription.ofThisProcess(posix);
        if (inheritance.isEmpty()) {
            warnOf(launch);
        }
        Optional<ServiceManager> serviceManager = serviceManager(launch, loop,
                new ToldServer(generation, executor));
        ServerView view = new ServerView(posix, executor, options, generation, adoption, signals, launch);
        ControlServer control = new ControlServer(posix, loop, new ControlRequests(loop, executor, view));
        RelativePaths.check(options);
        Optional<BoundSockets> controlSocket = controlSocket(factory);
        if (controlSocket.isPresent()) {
            control.use(controlSocket.get());
        }
        OwnedResources owned = new OwnedResources(listeners, resources, control, pidFile(),
                new StepRunner(loop, pump), options.handoverTimeout());
        ProcessReaper reaper = new ProcessReaper(posix, loop, executor::memberEnded, executor::relayEnded);
        Relays relays = inheritance.isPresent() ? inheritance.get().streams().relays() : new Relays(posix);
        Fd self = posix.pidfdOpen((int) OwnProcess.pid());
        undo.push(self);
        PredecessorSide predecessorSide = new PredecessorSide(posix, loop, pump, options, generation, launch, self,
                owned, reaper, relays);
        Optional<SuccessorSide> successorSide = Optional.empty();
        Set<String> stored = new HashSet<>();
        if (inheritance.isEmpty()) {
            PassedSockets passed = PassedSockets.toThisProcess(posix);
            listeners.offer(passed);
            stored.addAll(passed.stored());
        } else {
            inheritListeners(inheritance.get(), listeners, stored);
            successorSide = Optional.of(new SuccessorSide(posix, loop, pump, owned, options.healthCheck(),
                    options.healthCheckTimeout(), inheritance.get()));
        }
        executor.use(new EffectExecutor.Parts(predecessorSide, successorSide, owned,
                new DrainWatch(posix, loop, owned),
                reaper, serviceManager, descriptorStore(launch, loop, owned, stored)));
        Engine engine = new Engine(loop, executor, listeners, resources, control, notifier, signals, self,
                generation);
        serviceManager.ifPresent(manager -> loop.execute(manager::begin));
        engine.startLoop();
        undo.push(engine);
        for (Signal signal : options.upgradeOn()) {
            signals.handle(signal.name(), engine::upgradeSignal);
        }
        for (Signal signal : options.stopOn()) {
            signals.handle(signal.name(), engine::stopSignal);
        }
        engine.answerClients();
        return engine;
    }

    /// It serves all the same: only its upgrades will be refused.
    private void warnOf(LaunchDescription launch) {
        NextLaunch next = NextLaunch.of(launch, options.command(), List.of());
        next.started().flaw().or(() -> LaunchSize.obstacle(posix, next)).ifPresent(
                flaw -> LOG.log(System.Logger.Level.WARNING, "upgrades will be refused: " + flaw.line()));
    }

    /// A server that cannot tell serves all the same: who supervises it may learn it in another way.
    private Optional<ServiceManager> serviceManager(LaunchDescription launch, EventLoop loop, ToldServer server) {
        Optional<String> address = launch.variable(NotifySocket.NAME);
        if (address.isPresent()) {
            try {
                return Optional.of(new ServiceManager(posix, loop, NotifySocket.of(posix, address.get()), server,
                        new ServiceManager.Limits(options.readyTimeout(), options.drainDeadline()), launch::variable,
                        Supervision.ofThisProcess().isPresent()));
            } catch (IOException | InvalidPathException e) {
                LOG.log(System.Logger.Level.WARNING, "no service manager is told who serves: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /// @param stored gets the names of those that the service manager has in its store
    private static void inheritListeners(Inheritance from, Listeners listeners, Set<String> stored) {
        for (BoundSockets sockets : from.listeners()) {
            listeners.inherit(sockets);
            Optional<Keeper> keeper = sockets.keeper();
            if (keeper.isPresent() && !keeper.get().isUnit()) {
                stored.add(keeper.get().name());
            }
        }
    }

    /// @param stored the names of what is in the store already
    private Optional<DescriptorStore> descriptorStore(LaunchDescription launch, EventLoop loop, OwnedResources owned,
            Set<String> stored) {
        if (!options.storeListeners() && stored.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> address = launch.variable(NotifySocket.NAME);
        if (address.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "the listeners are not stored: " + NotifySocket.NAME
                    + " is not set, so there is no service manager, or its unit has no FileDescriptorStoreMax=");
            return Optional.empty();
        }
        try {
            return Optional.of(new DescriptorStore(NotifySocket.of(posix, address.get()), loop, owned,
                    options.storeListeners(), stored));
        } catch (IOException | InvalidPathException e) {
            LOG.log(System.Logger.Level.WARNING, "the listeners are not stored: " + e.getMessage());
            return Optional.empty();
        }
    }

    private PidFileKeeper pidFile() throws IOException {
        if (options.pidFile().isEmpty()) {
            return new PidFileKeeper(Optional.empty(), Optional.empty());
        }
        PidFile file = new PidFile(options.pidFile().get());
        file.check();
        Set<Long> family = new HashSet<>();
        inheritance.ifPresent(from -> {
            family.add(from.predecessorPid());
            from.older().forEach(older -> family.add(older.pid()));
        });
        PidFileOwner owner = new PidFileOwner(posix, file, family);
        owner.check();
        return new PidFileKeeper(Optional.of(file), inheritance.isPresent() ? Optional.empty() : Optional.of(owner));
    }

    private Optional<BoundSockets> inheritedControlSocket() {
        if (inheritance.isPresent()) {
            for (BoundSockets sockets : inheritance.get().listeners()) {
                if (sockets.control()) {
                    return Optional.of(sockets);
                }
            }
        }
        return Optional.empty();
    }

    /// The inherited one, if it still is where we are told to listen, and its path is not gone.
    private Optional<BoundSockets> controlSocket(SocketFactory factory) throws EcdysisException {
        Optional<BoundSockets> inherited = inheritedControlSocket();
        if (options.controlSocket().isEmpty()) {
            if (inherited.isPresent()) {
                inherited.get().close();
            }
            return Optional.empty();
        }
        Unix address = Unix.of(options.controlSocket().get());
        if (inherited.isPresent()) {
            BoundSockets known = inherited.get().under(address);
            if (inherited.get().isAt(address) && !known.isPathGone()) {
                if (!known.address().equals(inherited.get().address())) {
                    ControlFolder.warnOfWeakness(posix, address.path());
                }
                return Optional.of(known);
            }
            inherited.get().close();
        }
        BoundSockets bound = bindControlSocket(factory, address);
        undo.push(bound);
        undo.push(bound::unlinkIfOurs);
        return Optional.of(bound);
    }

    private BoundSockets bindControlSocket(SocketFactory factory, Unix address) throws EcdysisException {
        try {
            return ControlFolder.bind(posix, factory, Names.CONTROL, address.path());
        } catch (EcdysisException e) {
            throw Listeners.explained(e, Names.CONTROL, address,
                    inheritance.isPresent() ? inheritance.get().listeners() : List.of());
        }
    }
}
