package dev.ecdysis.internal.engine;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.announce.Announcements;
import dev.ecdysis.internal.announce.FlightRecord;
import dev.ecdysis.internal.announce.Notifier;
import dev.ecdysis.internal.announce.PendingRequests;
import dev.ecdysis.internal.control.PredecessorProcess;
import dev.ecdysis.internal.drain.AcceptorWatch;
import dev.ecdysis.internal.drain.DrainWatch;
import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Limit;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.ServiceState;
import dev.ecdysis.internal.handover.Side;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Stopping;
import dev.ecdysis.internal.handover.Timer;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.notify.ServiceManager;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.pump.EventPump;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.sides.PredecessorSide;
import dev.ecdysis.internal.sides.SuccessorSide;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Carries out the handover's effects. On the loop's thread, but for the futures that others wait for.
final class EffectExecutor implements EventPump.Executor, Runnable {
    private static final System.Logger LOG = Log.of(EffectExecutor.class);

    private final EventLoop loop;
    private final Options options;
    private final EventPump pump;
    private final PendingRequests pending = new PendingRequests();
    private final ProbationReports probationReports;
    private final AcceptorWatch acceptorWatch;
    private final Announcements announcements;
    private final Map<Timer, Timers.Handle> timers = new EnumMap<>(Timer.class);
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> predecessorGone = new CompletableFuture<>();
    private volatile boolean draining;
    private volatile boolean abandoned;
    private long stoppedNanos;
    private volatile boolean stoppedEarly;
    private boolean handedOver;
    private @Nullable Parts parts;

    /// What the effects are carried out with. All of them know the executor, so they are made after it.
    ///
    /// @param successorSide in a successor; empty in generation 0
    /// @param serviceManager empty when nobody is told who serves
    /// @param store empty when nobody keeps the sockets
    record Parts(PredecessorSide predecessorSide, Optional<SuccessorSide> successorSide, OwnedResources owned,
            DrainWatch drain,
            ProcessReaper reaper, Optional<ServiceManager> serviceManager, Optional<DescriptorStore> store) {
    }

    /// @param pump whose effects it carries out
    EffectExecutor(EventLoop loop, Options options, Notifier notifier, EventPump pump) {
        this.loop = loop;
        this.options = options;
        this.announcements = new Announcements(loop, notifier, pending);
        this.pump = pump;
        this.probationReports = new ProbationReports(loop, this);
        this.acceptorWatch = new AcceptorWatch(loop);
        loop.afterEach(this);
    }

    @Override
    public void run() {
        pump.run(this);
    }

    /// Before the loop runs.
    void use(Parts made) {
        parts = made;
        if (made.successorSide().isEmpty()) {
            predecessorGone.complete(null);
        }
    }

    private Parts parts() {
        Parts made = parts;
        if (made == null) {
            throw new IllegalStateException("the loop runs before its parts are there");
        }
        return made;
    }

    EventPump pump() {
        return pump;
    }

    PendingRequests pending() {
        return pending;
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
        return announcements.lastResult();
    }

    PredecessorSide predecessorSide() {
        return parts().predecessorSide();
    }

    OwnedResources owned() {
        return parts().owned();
    }

    DrainWatch drain() {
        return parts().drain();
    }

    ProcessReaper reaper() {
        return parts().reaper();
    }

    /// Whoever is older and has not ended, for the status.
    List<DrainingStatus> older() {
        State state = pump.state();
        boolean known = state instanceof State.TakingOver || state instanceof State.OnProbation
                || (state instanceof State.Inheriting inheriting && inheriting.peer() == State.Peer.DEAD);
        return known && parts().successorSide().isPresent() ? parts().successorSide().get().olderGenerations()
                : reaper().status();
    }

    @Override
    public void execute(Effect effect) {
        switch (effect) {
            case Effect.RunPreflight(long requester) ->
                predecessorSide().runPreflight(pending.begunNanos(), pending.command(requester));
            case Effect.Spawn() -> predecessorSide().spawn();
            case Effect.SendWelcome() -> predecessorSide().sendWelcome();
            case Effect.Send send when send.to() == Side.SUCCESSOR -> sendToSuccessor(send.message());
            case Effect.Send send -> sendToPredecessor(send.message());
            case Effect.SendCutover(long lastAccept) -> predecessorSide().sendCutover(lastAccept);
            case Effect.SendPaused() -> sendPaused();
            case Effect.SendCommitted(boolean again) -> predecessorSide().sendCommitted(again);
            case Effect.Release(List<String> claimed) -> predecessorSide().release(claimed);
            case Effect.TakeBack() -> {
                acceptorWatch.begin(owned());
                owned().takeBack();
            }
            case Effect.Take() -> take();
            case Effect.LetGo() -> owned().letGo();
            case Effect.Kill() -> predecessorSide().kill();
            case Effect.ForgetSuccessor(boolean stopping) -> {
                predecessorSide().forgetSuccessor(stopping);
                closeLeft();
            }
            case Effect.StartTimer(Timer timer, Limit limit) -> startTimer(timer, limit);
            case Effect.StopTimer(Timer timer) -> stopTimer(timer);
            case Effect.Announce(Phase phase, boolean own) -> announce(phase, own);
            case Effect.NotifyServiceManager(ServiceState state) -> notifyServiceManager(state);
            case Effect.StartReports() -> probationReports.start();
            case Effect.StopReports() -> probationReports.stop();
            case Effect.Report report -> report(report);
            case Effect.CountDraining() -> pump.post(new Event.OlderEnded(reaper().drainingPids()));
            case Effect.Refuse(long requester, String why) -> refuse(requester, new UpgradeResult.Refused(why));
            case Effect.Acknowledge acknowledge -> acknowledge(acknowledge);
            case Effect.AnswerClients() -> owned().answerClients();
            case Effect.ReleaseReady() -> releaseReady();
            case Effect.FailReady(String reason, boolean stopped, boolean givenUp) -> {
                if (stopped) {
                    stoppedNanos = System.nanoTime();
                    stoppedEarly = true;
                }
                abandoned = givenUp;
                ready.completeExceptionally(new AbandonedException(reason, stopped));
            }
            case Effect.BecomeOwner() -> parts().successorSide().ifPresent(successorSide -> {
                successorSide.becomeOwner(reaper());
                checkPredecessor();
                parts().store().ifPresent(DescriptorStore::storeSoon);
            });
            case Effect.StartBeating() -> beat(true);
            case Effect.StopBeating() -> beat(false);
            case Effect.Rehearse() -> predecessorSide().rehearse();
            case Effect.CloseListeners(Cause cause) -> closeListeners(cause);
            case Effect.BeginDrain(Cause cause) -> beginDrain(cause);
            case Effect.EndDrain() -> drain().cutOffRest();
            case Effect.Finish(Cause cause, long cutOff) -> finish(cause, cutOff);
        }
    }

    private void releaseReady() {
        ready.complete(null);
        Optional<DescriptorStore> store = parts().store();
        if (store.isPresent() && parts().successorSide().isEmpty()) { // no lambda: connections wait for the successor's
            store.get().store();
        }
    }

    private void take() {
        Optional<SuccessorSide> successorSide = parts().successorSide();
        if (successorSide.isPresent()) {
            successorSide.get().takes();
        }
        owned().take();
    }

    private void sendToSuccessor(Message message) {
        if (message instanceof Message.Abandon) {
            predecessorSide().send(message, List.of());
        } else {
            predecessorSide().tell(message);
        }
    }

    /// No lambda: it would be linked while the predecessor waits for the first beat.
    private void beat(boolean on) {
        Optional<SuccessorSide> side = parts().successorSide();
        if (side.isPresent() && on) {
            side.get().startBeating();
        } else if (side.isPresent()) {
            side.get().stopBeating();
        }
    }

    private void sendPaused() {
        Optional<SuccessorSide> successorSide = parts().successorSide();
        pump.post(successorSide.isPresent() && successorSide.get().send(new Message.Paused()) ? new Event.PausedSent()
                : new Event.PeerLost("there is no predecessor to be told"));
    }

    private void sendToPredecessor(Message message) {
        Optional<SuccessorSide> successorSide = parts().successorSide();
        if (successorSide.isPresent()) {
            if (message instanceof Message.Drained) {
                successorSide.get().tell(message);
            } else {
                successorSide.get().send(message);
            }
        }
    }

    private void startTimer(Timer timer, Limit limit) {
        stopTimer(timer);
        timers.put(timer, loop.patience(duration(timer, limit), () -> {
            timers.remove(timer);
            pump.post(new Event.TimerFired(timer));
        }));
    }

    private Duration duration(Timer timer, Limit limit) {
        return switch (timer) {
            case READY -> options.readyTimeout();
            case PROBATION -> limit == Limit.HEALTH_CHECK
                    ? predecessorSide().successorCheckLimit().plus(options.readyTimeout()) : options.probation();
            case SILENCE -> limit == Limit.FIRST_BEAT
                    ? options.silenceTimeout().plus(predecessorSide().successorStepLimit()) : options.silenceTimeout();
            case RECALL -> options.handoverTimeout().plus(predecessorSide().successorStepLimit());
            case END -> Options.END_GRACE;
            case PREDECESSOR_DEATH -> Options.PREDECESSOR_DEATH;
        };
    }

    private void stopTimer(Timer timer) {
        Timers.Handle running = timers.remove(timer);
        if (running != null) {
            running.cancel();
        }
    }

    private void notifyServiceManager(ServiceState state) {
        parts().serviceManager().ifPresent(manager -> manager.tell(state));
    }

    private void acknowledge(Effect.Acknowledge one) {
        LOG.log(one.heeded() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                pending.signalled(one.requester()) + ": " + one.what());
        if (!one.begins()) {
            parts().serviceManager().ifPresent(manager -> manager.signalled(one.what()));
        }
    }

    private void announce(Phase phase, boolean own) {
        if (phase == Phase.DRAINING && ready.isCompletedExceptionally()) {
            return; // a start that failed: it never served
        }
        if (phase == Phase.PREFLIGHT) {
            pending.begun();
        }
        Optional<ServiceManager> manager = parts().serviceManager();
        if (!own && manager.isPresent()) { // no lambda: at a cutover connections wait while one is linked
            manager.get().phase(phase);
        }
        int generation = predecessorSide().nextGeneration() - (own ? 1 : 0);
        Optional<Integer> pid = predecessorSide().successorPid();
        String detail = pid.isPresent() ? "pid " + pid.get() : "";
        if (phase == Phase.DRAINING) {
            detail = drain().remaining() + " connections";
        }
        announcements.phase(phase, generation, own ? OptionalLong.of(OwnProcess.pid()) : successorPid(),
                phase == Phase.DRAINING ? drain().remaining() : 0, detail);
    }

    /// How far the upgrade has come, as one of its two sides.
    UpgradeStatus upgrade(Phase phase) {
        boolean own = pump.state() instanceof State.OnProbation || pump.state() instanceof State.TakingOver;
        return new UpgradeStatus(phase, predecessorSide().nextGeneration() - (own ? 1 : 0),
                own ? OptionalLong.of(OwnProcess.pid()) : successorPid(),
                Duration.ofNanos(System.nanoTime() - pending.begunNanos()));
    }

    private OptionalLong successorPid() {
        return predecessorSide().successorPid().stream().mapToLong(Integer::longValue).findFirst();
    }

    private void report(Effect.Report report) {
        Outcome outcome = report.outcome();
        parts().serviceManager().ifPresent(manager -> manager.ended(outcome, predecessorSide().failure()));
        announcements.result(report, predecessorSide().nextGeneration(), predecessorSide().result(outcome),
                owned().acceptorTroubles(), predecessorSide().awaitedWords(outcome));
    }

    private void refuse(long requester, UpgradeResult.Refused result) {
        FlightRecord.upgrade(pending.who(requester), predecessorSide().nextGeneration(), result);
        parts().serviceManager().ifPresent(manager -> manager.refused(result.why()));
        pending.answer(requester, result);
    }

    private void closeListeners(Cause cause) {
        draining = true;
        parts().store().ifPresent(DescriptorStore::end);
        Duration atMost = options.drainDeadline();
        switch (cause) {
            case Cause.Upgraded upgraded -> {
                owned().closeAfterUpgrade(atMost);
                handedOver = true;
                predecessorSide().handOver();
                reaper().handOver();
                predecessorSide().endRelays();
                predecessorSide().equaliseOutOfMemoryScore();
            }
            case Cause.Stopped stopped -> {
                FlightRecord.stop(stopped.by());
                pending.begun();
                owned().closeAtStop(atMost, predecessorSide().hasCutOver());
            }
            case Cause.RolledBack back -> owned().closeAfterRollback();
        }
    }

    /// Once the successor is seen dead, and not before, nobody else accepts.
    private void closeLeft() {
        if (!predecessorSide().isSuccessorAlive()) {
            owned().closeLeft(options.drainDeadline());
        }
    }

    private void beginDrain(Cause cause) {
        LOG.log(System.Logger.Level.DEBUG, "drains: {0}", cause);
        drain().begin(options.drainDeadline(), new DrainWatch.Drain(reaper()::isEmpty, this::tellProgress,
                cutOff -> pump.post(new Event.DrainFinished(cutOff))));
    }

    private void finish(Cause cause, long cutOff) {
        boolean stopped = cause instanceof Cause.Stopped;
        reaper().kill(stopped);
        if (stopped) {
            removePidFile();
        }
        Exit ended = exit(cause, cutOff);
        Runnable end = () -> announcements.afterwards(() -> exit.complete(ended));
        parts().serviceManager().ifPresentOrElse(manager -> manager.afterwards(end), end);
    }

    /// Whether it was seen dead before this process was on its own.
    boolean isPredecessorDead() {
        return parts().successorSide().filter(SuccessorSide::isPredecessorDead).isPresent();
    }

    /// Whatever became of it.
    Optional<Long> predecessorPid() {
        return parts().successorSide().map(SuccessorSide::predecessorPid);
    }

    /// This server cannot start, unless its application knows better. From any thread.
    void failed(IOException why) {
        parts().serviceManager().ifPresent(manager -> manager.failed(why));
    }

    /// The predecessor while the upgrade is not decided: a stop ends it too, and perhaps later than this process.
    Optional<PredecessorProcess> predecessorProcess() {
        return parts().successorSide().flatMap(SuccessorSide::predecessorProcess);
    }

    /// Nobody serves after this process. A successor on probation that was killed could not remove it, nor could a
    /// predecessor that was killed before it handed over.
    void removePidFile() {
        List<Long> others = new ArrayList<>();
        predecessorSide().latestPid().ifPresent(others::add);
        parts().successorSide().filter(SuccessorSide::isPredecessorDead).map(SuccessorSide::predecessorPid)
                .ifPresent(others::add);
        owned().removePidFile(others);
    }

    private void tellProgress() {
        int own = predecessorSide().nextGeneration() - 1;
        long remaining = drain().remaining();
        Message progress = new Message.Draining(remaining, drain().waitsFor());
        predecessorSide().tell(progress);
        parts().successorSide().ifPresent(successorSide -> successorSide.tell(progress));
        pending.progress(Phase.DRAINING, own, OptionalLong.of(OwnProcess.pid()), remaining,
                String.join(", ", drain().waitsFor()));
    }

    private Exit exit(Cause cause, long cutOff) {
        return switch (cause) {
            case Cause.Upgraded upgraded -> new Exit.Upgraded(predecessorSide().successorPid().orElse(0), cutOff);
            case Cause.Stopped stopped -> new Exit.Stopped(cutOff);
            case Cause.RolledBack back -> new Exit.RolledBack(back.reason());
        };
    }

    /// An older process has ended.
    void memberEnded() {
        checkPredecessor();
        parts().store().ifPresent(DescriptorStore::storeAgain);
        closeLeft();
        parts().serviceManager().ifPresent(ServiceManager::changed);
        pump.post(new Event.OlderEnded(reaper().drainingPids()));
        drain().check();
    }

    /// One that drains says that it reads no pipe any more.
    void relayEnded(long pid) {
        parts().successorSide().filter(successorSide -> successorSide.predecessorPid() == pid)
                .ifPresent(SuccessorSide::readPipes);
    }

    /// Not once the successor watches it: then its absence here says nothing.
    private void checkPredecessor() {
        boolean gone = parts().successorSide().stream()
                .noneMatch(successorSide -> reaper().watches(successorSide.predecessorPid()));
        if (gone && !handedOver) {
            parts().successorSide().ifPresent(SuccessorSide::readPipes);
            predecessorGone.complete(null);
        }
    }

    /// The engine closes: nobody may be left waiting.
    void close() {
        announcements.close();
        pending.answerAll(new UpgradeResult.Refused("the server was closed"));
        ready.completeExceptionally(new AbandonedException("the server was closed"));
        exit.complete(new Exit.Stopped(0));
        timers.values().forEach(Timers.Handle::cancel);
        parts().serviceManager().ifPresent(ServiceManager::close);
        predecessorSide().close();
        parts().successorSide().ifPresent(SuccessorSide::close);
        drain().close();
        reaper().close();
    }
}
