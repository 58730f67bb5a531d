package dev.ecdysis.internal.engine;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.control.PredecessorProcess;
import dev.ecdysis.internal.handover.Attempt;
import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Handover;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Stopping;
import dev.ecdysis.internal.handover.Timer;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Turns the handover's effects into deeds. On the loop's thread, but for the futures that others wait for.
final class Conductor implements Director.Performer {
    private static final System.Logger LOG = Log.of(Conductor.class);

    private final EventLoop loop;
    private final Options options;
    private final Director director;
    private final Inquiries inquiries = new Inquiries();
    private final TrialReports trialReports;
    private final AcceptorWatch acceptorWatch;
    private final Notifier notifier;
    private final Map<Timer, Timers.Handle> timers = new EnumMap<>(Timer.class);
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> predecessorGone = new CompletableFuture<>();
    private volatile boolean draining;
    private volatile boolean abandoned;
    private long stoppedNanos;
    private volatile boolean stoppedEarly;
    private @Nullable Attempt attempt;
    private boolean rehearsed;
    private boolean handedOver;
    private Parts parts = Parts.NONE;
    private @Nullable ServiceManager serviceManager;
    private Optional<UpgradeResult> lastResult = Optional.empty();

    /// What the conductor conducts; made after it, because all of them post to its director.
    ///
    /// @param succession in a successor; empty in generation 0
    record Parts(Optional<UpgradeRunner> runner, Optional<Succession> succession, Optional<Holdings> holdings,
            Optional<DrainWatch> drain, Optional<Family> family) {
        static final Parts NONE = new Parts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty());
    }

    Conductor(EventLoop loop, Options options, Notifier notifier, State first) {
        this.loop = loop;
        this.options = options;
        this.notifier = notifier;
        this.director = new Director(new Handover(options.maxDraining()), first, this);
        this.trialReports = new TrialReports(loop, this);
        this.acceptorWatch = new AcceptorWatch(loop);
    }

    void use(Parts made) {
        parts = made;
        if (made.succession().isEmpty()) {
            predecessorGone.complete(null);
        }
    }

    /// Without one, nobody is told who serves.
    void use(ServiceManager told) {
        serviceManager = told;
    }

    Director director() {
        return director;
    }

    Inquiries inquiries() {
        return inquiries;
    }

    CompletableFuture<@Nullable Void> ready() {
        return ready;
    }

    CompletableFuture<Exit> exit() {
        return exit;
    }

    CompletableFuture<@Nullable Void> predecessorGone() {
        return predecessorGone;
    }

    boolean wasAbandoned() {
        return abandoned;
    }

    /// Whether a stop kept it from being ready, so shortly before that another one says nothing new. From any thread.
    ///
    /// @param nanos when the other one came, as [System#nanoTime()] counts
    boolean wasJustStopped(long nanos) {
        return stoppedEarly && Stopping.isRepetition(stoppedNanos, nanos);
    }

    /// How long this process' health check may take, in milliseconds; 0 when there is none.
    long checkMillis() {
        return options.checkMillis();
    }

    boolean isDraining() {
        return draining;
    }

    Optional<UpgradeResult> lastResult() {
        return lastResult;
    }

    UpgradeRunner runner() {
        return parts.runner().orElseThrow();
    }

    Holdings holdings() {
        return parts.holdings().orElseThrow();
    }

    DrainWatch drain() {
        return parts.drain().orElseThrow();
    }

    Family family() {
        return parts.family().orElseThrow();
    }

    /// Whoever is older and has not ended, for the status.
    List<DrainingStatus> older() {
        State state = director.state();
        boolean known = state instanceof State.Taking || state instanceof State.OnTrial
                || (state instanceof State.Inheriting inheriting && inheriting.peer() == State.Peer.DEAD);
        return known && parts.succession().isPresent() ? parts.succession().get().elders() : family().status();
    }

    @Override
    public void perform(Effect effect) {
        switch (effect) {
            case Effect.RunPreflight() -> runPreflight();
            case Effect.Spawn() -> runner().spawn();
            case Effect.SendWelcome() -> runner().sendWelcome();
            case Effect.Send(Message message) -> send(message);
            case Effect.SendCommitted(boolean again) -> runner().sendCommitted(again);
            case Effect.Release(List<String> claimed) -> runner().release(claimed);
            case Effect.TakeBack() -> {
                acceptorWatch.begin(holdings());
                holdings().takeBack();
            }
            case Effect.Take() -> take();
            case Effect.LetGo() -> holdings().letGo();
            case Effect.Kill() -> runner().kill();
            case Effect.ForgetSuccessor() -> {
                runner().forgetSuccessor(director.state() instanceof State.Draining);
                closeLeft();
            }
            case Effect.StartTimer(Timer timer) -> startTimer(timer);
            case Effect.StopTimer(Timer timer) -> stopTimer(timer);
            case Effect.Announce(Phase phase) -> announce(phase);
            case Effect.Report(Outcome outcome) -> report(outcome);
            case Effect.CountDraining() -> director.answer(new Event.OlderEnded(family().drainingPids()));
            case Effect.Refuse(long requester, String why) -> refuse(requester, new UpgradeResult.Refused(why));
            case Effect.Acknowledge(long requester, boolean heeded, String what) ->
                LOG.log(heeded ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                        inquiries.signalled(requester) + ": " + what);
            case Effect.AnswerClients() -> holdings().answerClients();
            case Effect.ReleaseReady() -> ready.complete(null);
            case Effect.FailReady(String reason, boolean stopped) -> {
                if (stopped) {
                    stoppedNanos = System.nanoTime();
                    stoppedEarly = true;
                }
                abandoned = director.state() instanceof State.Abandoned;
                ready.completeExceptionally(new AbandonedException(reason, stopped));
            }
            case Effect.BecomeOwner() -> parts.succession().ifPresent(succession -> {
                succession.becomeOwner(family());
                checkPredecessor();
            });
            case Effect.CloseListeners() -> closeListeners();
            case Effect.BeginDrain(Cause cause) -> beginDrain(cause);
            case Effect.EndDrain() -> drain().cutOffRest();
            case Effect.Finish(Cause cause) -> LOG.log(System.Logger.Level.DEBUG, "finished: " + cause);
        }
    }

    private void runPreflight() {
        List<String> command = director.state() instanceof State.Preflight now
                ? inquiries.command(now.attempt().requester()) : List.of();
        runner().runPreflight(inquiries.begunNanos(), command);
    }

    private void take() {
        Optional<Succession> succession = parts.succession();
        if (succession.isPresent()) {
            succession.get().takes();
        }
        holdings().take();
    }

    /// One end of the socket pair is the predecessor's, the other the successor's; a process may have one of each, but
    /// only one at a time is part of a handover. No switch: linking it for the first time would delay the first CUTOVER.
    private void send(Message message) {
        if (message instanceof Message.Cutover cutover) {
            runner().sendCutover(cutover);
        } else if (message instanceof Message.Abandon) {
            runner().send(message, List.of());
        } else if (message instanceof Message.Drained
                || (message instanceof Message.Stop
                        && (runner().successorPid().isPresent() || runner().isStarting()))) {
            runner().tell(message);
        } else {
            Optional<Succession> succession = parts.succession();
            if (succession.isPresent()) {
                succession.get().send(message);
            }
        }
    }

    @Override
    public void entered(State before, State now) {
        if (now instanceof State.OnTrial != before instanceof State.OnTrial) {
            Optional<Succession> succession = parts.succession();
            if (succession.isPresent() && now instanceof State.OnTrial) {
                succession.get().startBeating();
            } else if (succession.isPresent()) {
                succession.get().stopBeating();
            }
        }
        if (serviceManager != null) {
            serviceManager.entered(before, now);
        }
        if (now instanceof State.Trial) {
            trialReports.begin();
        }
        if (now instanceof State.Running && !rehearsed) {
            runner().rehearse();
            rehearsed = true;
        }
        if (now instanceof State.Preflight preflight && !(before instanceof State.Preflight)) {
            attempt = preflight.attempt();
        }
    }

    private void startTimer(Timer timer) {
        stopTimer(timer);
        Duration limit = switch (timer) {
            case READY -> options.readyTimeout();
            case PROBATION -> probationLimit();
            case SILENCE -> silenceLimit();
            case RECALL -> options.handoverTimeout().plus(runner().successorStepLimit());
            case END -> Options.END_GRACE;
            case VERDICT -> Options.VERDICT;
        };
        timers.put(timer, loop.patience(limit, () -> {
            timers.remove(timer);
            director.post(new Event.TimerFired(timer));
        }));
    }

    /// Once it is over a successor that beats is waited for until its health check must have answered, and generously
    /// longer: it refuses by itself at that limit, and on a machine that is out of breath its beats may be too late to
    /// commit on for a while.
    private Duration probationLimit() {
        boolean over = director.state() instanceof State.Trial trial && trial.over();
        return over ? runner().successorCheckLimit().plus(options.readyTimeout()) : options.probation();
    }

    /// Before its first beat the successor takes what only one may hold.
    private Duration silenceLimit() {
        boolean beforeFirstBeat = director.state() instanceof State.Trial trial && !trial.beaten();
        return beforeFirstBeat ? options.silenceTimeout().plus(runner().successorStepLimit())
                : options.silenceTimeout();
    }

    private void stopTimer(Timer timer) {
        Timers.Handle running = timers.remove(timer);
        if (running != null) {
            running.cancel();
        }
    }

    private void announce(Phase phase) {
        if (phase == Phase.DRAINING && ready.isCompletedExceptionally()) {
            return; // a start that failed: it never served
        }
        if (phase == Phase.PREFLIGHT) {
            inquiries.begun();
        }
        boolean own = phase == Phase.DRAINING || director.state() instanceof State.OnTrial;
        int generation = runner().nextGeneration() - (own ? 1 : 0);
        Optional<Integer> pid = runner().successorPid();
        String detail = pid.isPresent() ? "pid " + pid.get() : "";
        if (phase == Phase.DRAINING) {
            detail = drain().remaining() + " connections";
        }
        notifier.phase(phase, generation, detail);
        inquiries.progress(phase, generation, own ? OptionalLong.of(OwnProcess.pid()) : successorPid(),
                phase == Phase.DRAINING ? drain().remaining() : 0, "");
    }

    /// How far the upgrade has come, as one of its two sides.
    UpgradeStatus upgrade(Phase phase) {
        boolean own = director.state() instanceof State.OnTrial || director.state() instanceof State.Taking;
        return new UpgradeStatus(phase, runner().nextGeneration() - (own ? 1 : 0),
                own ? OptionalLong.of(OwnProcess.pid()) : successorPid(),
                Duration.ofNanos(System.nanoTime() - inquiries.begunNanos()));
    }

    private OptionalLong successorPid() {
        return runner().successorPid().stream().mapToLong(Integer::longValue).findFirst();
    }

    private void report(Outcome outcome) {
        // What is so now need not be when the status is asked for.
        lastResult = Optional.of(runner().result(outcome));
        UpgradeResult result = withTroubles(lastResult.get());
        notifier.result(result);
        Attempt ended = attempt;
        attempt = null;
        if (ended == null) {
            return;
        }
        boolean bySignal = ended.origin() == Origin.SIGNAL;
        FlightRecord.upgrade(bySignal ? "a signal" : inquiries.who(ended.requester()), runner().nextGeneration(),
                result);
        if (!bySignal) {
            inquiries.answer(ended.requester(), result);
        }
    }

    /// Whoever asked must not take it that the old process serves when nobody accepts.
    private UpgradeResult withTroubles(UpgradeResult result) {
        List<String> troubles = holdings().acceptorTroubles();
        if (troubles.isEmpty()) {
            return result;
        }
        String also = "; " + String.join("; ", troubles);
        return switch (result) {
            case UpgradeResult.Failed failed -> new UpgradeResult.Failed(failed.phase(),
                    OneLine.of(failed.reason() + also), failed.exitStatus(), failed.lastWords());
            case UpgradeResult.RolledBack back ->
                new UpgradeResult.RolledBack(OneLine.of(back.reason() + also), back.exitStatus(), back.lastWords());
            case UpgradeResult.Refused refused -> refused;
            case UpgradeResult.Committed committed -> committed;
        };
    }

    private void refuse(long requester, UpgradeResult.Refused result) {
        FlightRecord.upgrade(inquiries.who(requester), runner().nextGeneration(), result);
        inquiries.answer(requester, result);
    }

    private void closeListeners() {
        draining = true;
        Duration atMost = options.drainDeadline();
        switch (cause()) {
            case Cause.Upgraded upgraded -> {
                holdings().closeAfterUpgrade(runner().claimed(), atMost);
                handedOver = true;
                runner().handOver();
                family().handOver();
                runner().endRelays();
                runner().equaliseOutOfMemoryScore();
            }
            case Cause.Stopped stopped -> {
                FlightRecord.stop(stopped.by());
                inquiries.begun();
                holdings().closeAtStop(atMost, runner().hasCutOver() ? runner().claimed() : List.of());
            }
            case Cause.RolledBack back -> holdings().closeAfterRollback();
        }
    }

    /// Once the successor is seen dead, and not before, nobody else accepts.
    private void closeLeft() {
        if (!runner().isSuccessorAlive()) {
            holdings().closeLeft(options.drainDeadline());
        }
    }

    private Cause cause() {
        return director.state() instanceof State.Draining state ? state.cause() : new Cause.Stopped("closing");
    }

    private void beginDrain(Cause cause) {
        drain().begin(options.drainDeadline(), new DrainWatch.Drain(family()::isEmpty, this::tellProgress, cutOff -> {
            boolean stopped = cause instanceof Cause.Stopped;
            family().kill(stopped);
            if (stopped) {
                removePidFile();
            }
            parts.succession().ifPresent(succession -> succession.tell(new Message.Drained()));
            director.post(new Event.DrainFinished());
            exit.complete(exit(cause, cutOff));
        }));
    }

    /// Whether it was seen dead before this process was on its own.
    boolean isPredecessorDead() {
        return parts.succession().filter(Succession::isPredecessorDead).isPresent();
    }

    /// The predecessor while the upgrade is not decided: a stop ends it too, and perhaps later than this process.
    Optional<PredecessorProcess> otherSide() {
        return parts.succession().flatMap(Succession::otherSide);
    }

    /// Nobody serves after this process. A successor on trial that was killed could not remove it, nor could a
    /// predecessor that was killed before it handed over.
    void removePidFile() {
        List<Long> others = new ArrayList<>();
        runner().latestPid().ifPresent(others::add);
        parts.succession().filter(Succession::isPredecessorDead).map(Succession::predecessorPid)
                .ifPresent(others::add);
        holdings().removePidFile(others);
    }

    private void tellProgress() {
        int own = runner().nextGeneration() - 1;
        long remaining = drain().remaining();
        Message progress = new Message.Draining(remaining, drain().waitsFor());
        runner().tell(progress);
        parts.succession().ifPresent(succession -> succession.tell(progress));
        inquiries.progress(Phase.DRAINING, own, OptionalLong.of(OwnProcess.pid()), remaining, String.join(", ", drain().waitsFor()));
    }

    private Exit exit(Cause cause, long cutOff) {
        return switch (cause) {
            case Cause.Upgraded upgraded -> new Exit.Upgraded(runner().successorPid().orElse(0), cutOff);
            case Cause.Stopped stopped -> new Exit.Stopped(cutOff);
            case Cause.RolledBack back -> new Exit.RolledBack(back.reason());
        };
    }

    /// A member of the family has ended.
    void memberEnded() {
        checkPredecessor();
        closeLeft();
        director.post(new Event.OlderEnded(family().drainingPids()));
        drain().check();
    }

    /// One that drains says that it reads no pipe any more.
    void relayEnded(long pid) {
        parts.succession().filter(succession -> succession.predecessorPid() == pid)
                .ifPresent(Succession::readPipes);
    }

    /// Not once the successor watches it: then its absence here says nothing.
    private void checkPredecessor() {
        boolean gone = parts.succession().stream()
                .noneMatch(succession -> family().watches(succession.predecessorPid()));
        if (gone && !handedOver) {
            parts.succession().ifPresent(Succession::readPipes);
            predecessorGone.complete(null);
        }
    }

    /// The engine closes: nobody may be left waiting.
    void close() {
        inquiries.answerAll(new UpgradeResult.Refused("the server was closed"));
        ready.completeExceptionally(new AbandonedException("the server was closed"));
        exit.complete(new Exit.Stopped(0));
        timers.values().forEach(Timers.Handle::cancel);
        if (serviceManager != null) {
            serviceManager.close();
        }
        runner().close();
        parts.succession().ifPresent(Succession::close);
        drain().close();
        family().close();
    }
}
