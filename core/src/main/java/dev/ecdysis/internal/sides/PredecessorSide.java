package dev.ecdysis.internal.sides;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.announce.Announcements;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.inheritance.InheritanceWriter;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.LaunchSize;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.launch.Obstacle;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.output.StandardStream;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.peer.SuccessorLink;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.preflight.Preflight;
import dev.ecdysis.internal.process.ForkHelper;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.pump.EventQueue;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.resources.SocketPaths;
import dev.ecdysis.internal.resources.StepDeadline;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.internal.scheduling.LoopPriority;
import dev.ecdysis.internal.systemd.ServiceChild;
import dev.ecdysis.internal.systemd.UnitCheck;
import dev.ecdysis.internal.warmup.Rehearsal;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Carries out what a predecessor does in an upgrade. On the loop's thread.
public final class PredecessorSide {
    private static final System.Logger LOG = Log.of(PredecessorSide.class);

    private static final String NOBODY = "there is no new process";

    private final Posix posix;
    private final EventLoop loop;
    private final EventQueue events;
    private final Options options;
    private final int generation;
    private final LaunchDescription launch;
    private NextLaunch next;
    private final Preflight preflight;
    private @Nullable UnitCheck unit;
    private final Fd self;
    private final OwnedResources owned;
    private final ProcessReaper reaper;
    private final Relays relays;
    private final LoopPriority loopPriority;
    private @Nullable Start starting;
    private final MemoryNotes memory;
    private @Nullable SuccessorLink successor;
    /// The one of the current or the last attempt, for its last words.
    private @Nullable SuccessorLink latest;
    /// Found out by the preflight check, on its own thread.
    private volatile boolean bootsLow;
    private Optional<Errno> failure = Optional.empty();
    private long triggeredNanos;
    private long lastAcceptNanos;
    private long releasedNanos;

    private final class Check implements StepRunner.Work {
        private final NextLaunch checked = next;
        private final UnitCheck unit = unit();
        private final List<Long> olderGenerations = reaper.drainingPids();

        @Override
        public Event run(StepDeadline deadline) {
            memory.warnApart(checked);
            Optional<String> hanging = owned.hangingAcceptor();
            Optional<String> obstacle = hanging.isPresent() ? hanging : obstacle(checked, unit, olderGenerations);
            bootsLow = obstacle.isEmpty() && options.lowPriorityBoot().isPositive()
                    && CompilerThreads.obstacle(posix).isEmpty();
            return obstacle.isPresent() ? new Event.PreflightFailed(obstacle.get()) : new Event.PreflightPassed();
        }

        @Override
        public Event failed(String why) {
            return new Event.PreflightFailed("the preflight check failed: " + why);
        }
    }

    /// @param self a pidfd of this process, for successors to see its end
    /// @param relays which pass on what successors write
    public PredecessorSide(Posix posix, EventLoop loop, EventQueue events, Options options, int generation,
            LaunchDescription launch, Fd self, OwnedResources owned, ProcessReaper reaper, Relays relays) {
        this.posix = posix;
        this.loop = loop;
        this.events = events;
        this.options = options;
        this.generation = generation;
        this.launch = launch;
        this.next = nextLaunch(List.of());
        this.preflight = new Preflight(next.started(), generation > 0);
        this.self = self;
        this.owned = owned;
        this.reaper = reaper;
        this.relays = relays;
        this.loopPriority = new LoopPriority(posix, loop);
        this.memory = new MemoryNotes(posix);
    }

    private NextLaunch nextLaunch(List<String> command) {
        return NextLaunch.of(launch, options.command(), command);
    }

    /// So that an upgrade need not begin with what takes long for the first time.
    public void rehearse() {
        NextLaunch usual = nextLaunch(List.of());
        UnitCheck below = unit();
        List<Long> olderGenerations = reaper.drainingPids();
        Rehearsal.asPredecessor(posix, launch, () -> {
            memory.look(usual);
            return obstacle(usual, below, olderGenerations);
        });
    }

    /// Whether there is memory for two, as far as that is known.
    public List<String> memoryNotes() {
        return memory.latest();
    }

    /// What speaks against an upgrade for as long as nobody does something about it, one line each.
    public List<String> notes() {
        List<String> notes = new ArrayList<>(preflight.notes());
        nextLaunch(List.of()).started().flaw().ifPresent(flaw -> notes.add("upgrades are refused: " + flaw.line()));
        unit().latest().ifPresent(why -> notes.add("upgrades are refused: " + why));
        return notes;
    }

    /// Why an upgrade would fail; empty when nothing speaks against it. Not on the loop.
    private Optional<String> obstacle(NextLaunch launched, UnitCheck below, List<Long> olderGenerations) {
        return preflight.obstacle(launched).or(() -> LaunchSize.obstacle(posix, launched).map(Obstacle::line))
                .or(() -> SocketPaths.obstacle(owned.sockets())).or(() -> below.obstacle(olderGenerations))
                .or(this::missingForkHelper);
    }

    /// What is to be between this process and a successor. Not on the loop.
    private Optional<Path> forkHelper() {
        return ServiceChild.isThisProcess(launch::variable) ? ForkHelper.find() : Optional.empty();
    }

    private Optional<String> missingForkHelper() {
        return ServiceChild.isThisProcess(launch::variable) && ForkHelper.find().isEmpty()
                ? Optional.of(
                        "systemd would give the new version no time to end when the unit is stopped, because it would"
                                + " not be its own child: there is no setsid of util-linux in /usr/bin or /bin; install util-linux")
                : Optional.empty();
    }

    /// Made when it is first asked for: a start must not wait for it.
    public UnitCheck unit() {
        UnitCheck made = unit;
        if (made == null) {
            made = new UnitCheck(posix, launch::variable, options.pidFile(), generation == 0);
            unit = made;
        }
        return made;
    }

    public int nextGeneration() {
        return generation + 1;
    }

    /// Reads files, which may hang, and may wait until a jar has been still for a while: not on the loop.
    ///
    /// @param command what whoever asked wants to have started; empty when he did not say
    public void runPreflight(long asked, List<String> command) {
        triggeredNanos = asked;
        failure = Optional.empty();
        next = nextLaunch(command);
        new StepRunner(loop, events).run("preflight", new Check(), options.readyTimeout());
    }

    public void spawn() {
        latest = null;
        lastAcceptNanos = 0;
        releasedNanos = 0;
        LaunchDescription started = next.started();
        starting = new Start(posix, loop,
                () -> SuccessorProcess.start(posix, started, relays, preflight.endsItsSession(), forkHelper()),
                new Arrival());
        starting.begin();
    }

    private final class Arrival implements Start.Owner {
        private @Nullable SuccessorLink link;

        @Override
        public void started(SuccessorProcess process) {
            if (link == null) { // else there was no memory for what follows
                link = new SuccessorLink(posix, loop, events, process,
                        Options.freshness(options.heartbeatInterval()), options.silenceTimeout());
            }
            starting = null;
            successor = link;
            latest = link;
            sendOriginals(link);
            if (bootsLow) {
                link.bootLow(options.lowPriorityBoot());
            }
            events.post(new Event.Spawned());
        }

        @Override
        public void failed(String why, Optional<Errno> errno) {
            Event failed = new Event.SpawnFailed(why);
            failure = errno;
            starting = null;
            events.post(failed);
        }
    }

    /// Whether there will be a successor, of which nothing is known yet.
    boolean isStarting() {
        return starting != null;
    }

    /// Whatever becomes of it: it is not waited for, and what does start is killed.
    private boolean giveUpStart() {
        boolean under = starting != null;
        Start.giveUp(starting);
        starting = null;
        return under;
    }

    /// At once: when this process dies before it can hand anything over, the new one has to complain somewhere.
    private void sendOriginals(SuccessorLink link) {
        Fd output = Fd.own(posix, StandardStream.OUTPUT.number());
        Fd error = Fd.own(posix, StandardStream.ERROR.number());
        link.tell(new Message.Streams(true, List.of()), List.of(output, error));
        output.release();
        error.release();
    }

    /// Not before it has greeted: until then nobody else may read them, and they must break when this process dies.
    private void sendPipes(SuccessorLink link) {
        List<Integer> streams = new ArrayList<>();
        List<Fd> descriptors = new ArrayList<>();
        try {
            for (Relays.Pipe pipe : relays.duplicates(Limits.PIPES)) {
                streams.add(pipe.stream().number());
                descriptors.add(pipe.fd());
            }
            link.tell(new Message.Streams(false, streams), descriptors);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, "what the new version starts before it is committed cannot write any"
                    + " more when this process has ended: " + e.getMessage());
        } finally {
            descriptors.forEach(Fd::close);
        }
    }

    /// The successor reads them from now on, once it is told that this process does not.
    public void endRelays() {
        relays.stop(() -> loop.execute(this::tellRelayEnded));
    }

    private void tellRelayEnded() {
        SuccessorLink link = successor;
        if (link != null && !link.tell(new Message.RelayEnded(), List.of())) {
            link.hangUp(); // which says the same
        }
    }

    /// Has what is being passed on written, before this process ends.
    public void awaitRelays(Duration atMost) throws InterruptedException {
        relays.await(atMost);
    }

    public Optional<Integer> successorPid() {
        return Optional.ofNullable(successor).map(SuccessorLink::pid);
    }

    public OptionalLong successorPidfdId() {
        return successor == null ? OptionalLong.empty() : successor.pidfdId();
    }

    /// Why the latest attempt could not start a process, if that was a system call.
    public Optional<Errno> failure() {
        return failure;
    }

    public void sendWelcome() {
        SuccessorLink link = successor;
        if (link == null) {
            events.post(new Event.PeerLost(NOBODY));
            return;
        }
        sendPipes(link);
        link.handOver(new InheritanceWriter(posix, nextGeneration(), next.handedOn().toWire(), self, settings(),
                owned.sockets(), reaper.older()));
    }

    private Message.Settings settings() {
        return new Message.Settings(options.probation().toMillis(), options.drainDeadline().toMillis(),
                options.heartbeatInterval().toMillis());
    }

    public boolean send(Message message, List<Fd> descriptors) {
        if (message instanceof Message.Abandon && giveUpStart()) {
            events.post(new Event.SpawnFailed("it was given up while it was being started"));
        }
        SuccessorLink link = successor;
        return link != null && link.send(message, descriptors);
    }

    public void release(List<String> names) {
        loopPriority.begin();
        owned.release(names);
    }

    /// Connections wait for it.
    public void sendCutover(long lastAccept) {
        releasedNanos = System.nanoTime();
        lastAcceptNanos = lastAccept;
        if (successor != null && successor.sendCutover()) {
            events.post(new Event.CutoverSent());
        } else {
            releasedNanos = 0;
        }
        if (successor == null) {
            events.post(new Event.CutoverFailed(NOBODY));
        }
        loopPriority.end();
    }

    public void sendCommitted(boolean again) {
        long drainDeadline = System.nanoTime() + options.drainDeadline().toNanos();
        Message committed = new Message.Committed(again, drainDeadline);
        if (successor == null) {
            events.post(new Event.PeerLost(NOBODY));
        } else {
            SuccessorLink link = successor;
            // Before the point of no return: right after it the service manager is told which process serves.
            link.orphan(() -> {
                if (successor == link) {
                    link.sendCompletely(committed, () -> events.post(new Event.CommitSent()));
                }
            });
        }
    }

    /// The successor counts as much as this process from now on. It lowers its score itself; but where this process may
    /// raise what it likes and that one may not, it cannot.
    public void equaliseOutOfMemoryScore() {
        if (successor != null) {
            try {
                posix.setOutOfMemoryScore(successor.pid(),
                        SuccessorProcess.outOfMemoryScore(OwnProcess.pid()));
            } catch (IOException | NumberFormatException e) {
                LOG.log(System.Logger.Level.DEBUG, "process " + successor.pid() + " lowers its own", e);
            }
        }
    }

    /// Whether the successor was told to accept.
    public boolean hasCutOver() {
        return successor != null && releasedNanos != 0;
    }

    /// How long the successor's application may need to take hold, or to let go again.
    public Duration successorStepLimit() {
        return successor == null ? Duration.ZERO : stepLimit(successor);
    }

    /// How long the successor's health check may take.
    public Duration successorCheckLimit() {
        return successor == null ? Duration.ZERO : successor.checkLimit().orElse(options.healthCheckTimeout());
    }

    private Duration stepLimit(SuccessorLink link) {
        return link.stepLimit().orElse(owned.stepLimit());
    }

    public void kill() {
        if (successor != null) {
            successor.kill();
        }
    }

    public void tell(Message message) {
        if (successor != null) {
            successor.tell(message);
        }
    }

    /// Lets go of a successor, which is watched until it has ended.
    ///
    /// @param stopping whether it is to stop as well: then what waits in its queues is served by this process once it
    ///        has ended, so its end must not be waited for longer than it is seen to drain
    public void forgetSuccessor(boolean stopping) {
        giveUpStart();
        SuccessorLink link = successor;
        if (link != null) {
            boolean cutOver = hasCutOver();
            // One that was never told to accept has nothing to drain.
            link.leaveTo(reaper, nextGeneration(),
                    cutOver ? options.drainDeadline().plus(Options.GRACE) : Options.END_GRACE);
            if (stopping && cutOver) {
                Duration silence = options.silenceTimeout().plus(Options.GRACE);
                reaper.expectNews(link.pid(),
                        link.firstAcceptNanos() == 0 ? silence.plus(stepLimit(link)) : silence);
            }
            successor = null;
        }
    }

    /// The successor has been committed, and is the service.
    public void handOver() {
        if (successor != null) {
            successor.handOver();
        }
    }

    /// The one of the last attempt, kept or not.
    public Optional<Long> latestPid() {
        return Optional.ofNullable(latest).map(link -> (long) link.pid());
    }

    /// Whether the one of the last attempt is there, kept or not.
    public boolean isSuccessorAlive() {
        SuccessorLink link = latest;
        return successor != null || (link != null && reaper.watches(link.pid()));
    }

    /// With what the successor has said last as far as it is known.
    public UpgradeResult result(Outcome outcome) {
        List<String> lastWords = lastWords(outcome);
        return switch (outcome) {
            case Outcome.Committed committed -> committed();
            case Outcome.Failed failed -> new UpgradeResult.Failed(failed.phase(),
                    failed.reason(), failed.exitStatus(), lastWords);
            case Outcome.RolledBack back ->
                new UpgradeResult.RolledBack(back.reason(), back.exitStatus(), lastWords);
            case Outcome.Refused refused -> new UpgradeResult.Refused(refused.why());
        };
    }

    private List<String> lastWords(Outcome outcome) {
        SuccessorLink link = latest;
        return link == null || outcome instanceof Outcome.Committed ? List.of() : link.lines();
    }

    /// All that one wrote which has ended is there to be read, and may not have been yet.
    public Optional<Announcements.Words> awaitedWords(Outcome outcome) {
        SuccessorLink link = latest;
        return link == null || !link.hasDied() || outcome instanceof Outcome.Committed ? Optional.empty()
                : Optional.of(link);
    }

    private UpgradeResult committed() {
        SuccessorLink link = successor;
        if (link == null) {
            throw new IllegalStateException("committed without a successor");
        }
        long started = link.firstAcceptNanos();
        if (started == 0) {
            LOG.log(System.Logger.Level.DEBUG, "the successor has no listener, so it never began to accept");
            started = releasedNanos;
        }
        return new UpgradeResult.Committed(nextGeneration(), link.pid(),
                Duration.ofNanos(releasedNanos - triggeredNanos),
                Duration.ofNanos(Math.max(0, started - lastAcceptNanos)), preflight.warnings());
    }

    public void close() {
        giveUpStart();
        if (successor != null) {
            successor.close();
            successor = null;
        }
        relays.stop(() -> LOG.log(System.Logger.Level.DEBUG, "no pipe is read any more"));
    }
}
