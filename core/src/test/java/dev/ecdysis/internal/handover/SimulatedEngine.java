package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Carries effects out in the simulated world.
final class SimulatedEngine {
    private final World world;
    private final SimulatedProcess process;
    private final List<SimulatedProcess> stragglers = new ArrayList<>();
    private @Nullable Pulse pulse;
    private boolean reporting;

    SimulatedEngine(World world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
    }

    static Optional<Event> eventOf(World world, Message message) {
        return switch (message) {
            case Message.Ready ready -> Optional.of(new Event.ReadyArrived(ready.claimed()));
            case Message.Cutover cutover -> Optional.of(new Event.CutoverArrived());
            case Message.Heartbeat beat -> Optional.of(arrived(world, beat.sentNanos(), true));
            case Message.Checking beat -> Optional.of(arrived(world, beat.sentNanos(), false));
            case Message.Paused paused -> Optional.of(new Event.PausedArrived());
            case Message.Committed committed -> Optional.of(new Event.CommittedArrived(committed.upgradeAgain()));
            case Message.Fail fail -> Optional.of(new Event.FailArrived(fail.reason()));
            case Message.Abandon abandon -> Optional.of(new Event.AbandonArrived(abandon.reason()));
            case Message.Signalled signalled -> Optional.of(Event.UpgradeAsked.ofSuccessor());
            case Message.Stop stop -> Optional.of(new Event.StopArrived(stop.reason()));
            default -> Optional.empty();
        };
    }

    private static Event arrived(World world, long sent, boolean content) {
        return new Event.HeartbeatArrived(Sign.of(world.agenda().now() - sent, content,
                world.timing().heartbeatFreshness(), Duration.ofNanos(world.timing().of(Timer.SILENCE))));
    }

    void carryOut(Effect effect) {
        world.trace(() -> process + "   " + effect);
        switch (effect) {
            case Effect.RunPreflight preflight -> runPreflight();
            case Effect.Spawn() -> spawn();
            case Effect.SendWelcome() -> sendWelcome();
            case Effect.Send send -> send(send);
            case Effect.SendCutover cutover -> sendCutover();
            case Effect.SendPaused() -> sendPaused();
            case Effect.SendCommitted(boolean again) -> sendCommitted(again);
            case Effect.Release release -> release();
            case Effect.TakeBack() -> takeBack();
            case Effect.Take() -> take();
            case Effect.LetGo() -> letGo();
            case Effect.Kill() -> kill();
            case Effect.ForgetSuccessor forget -> forgetSuccessor();
            case Effect.StartTimer(Timer timer, Limit limit) -> process.timers().start(timer, duration(timer, limit));
            case Effect.StopTimer(Timer timer) -> process.timers().stop(timer);
            case Effect.Announce announce -> {
            }
            case Effect.Rehearse() -> {
            }
            case Effect.NotifyServiceManager(ServiceState state) -> notify(state);
            case Effect.StartReports() -> reporting = true;
            case Effect.StopReports() -> reporting = false;
            case Effect.StartBeating() -> startBeating();
            case Effect.StopBeating() -> pulse = null;
            case Effect.Report report -> world.ledger().report(process, report);
            case Effect.CountDraining() -> process.handle(new Event.OlderEnded(process.draining()));
            case Effect.Acknowledge acknowledge -> world.ledger().acknowledged(process, acknowledge);
            case Effect.AnswerClients() -> process.answering(true);
            case Effect.Refuse refuse -> world.ledger().refused(refuse.requester());
            case Effect.ReleaseReady() -> process.application().readyReturns();
            case Effect.FailReady failReady -> process.application().readyThrows();
            case Effect.BecomeOwner() -> becomeOwner();
            case Effect.CloseListeners close -> process.closeListeners();
            case Effect.BeginDrain beginDrain -> drain(world.timing().drain());
            case Effect.EndDrain() -> {
                world.ledger().stops().cutsOff(process);
                drain(Timing.WORK);
            }
            case Effect.Finish(Cause cause, long cutOff) -> process.later(Timing.WORK, () -> exitAlone(cause));
        }
    }

    private long duration(Timer timer, Limit limit) {
        return timer == Timer.PROBATION && limit == Limit.HEALTH_CHECK
                ? Timing.CHECK_LIMIT + world.timing().of(Timer.SILENCE) : world.timing().of(timer);
    }

    private void notify(ServiceState state) {
        Launch launch = process.launch();
        switch (state) {
            // After a commit it says so itself, too: the predecessor may end before it does.
            case SERVING, COMMITTED -> world.mainProcess(process, process);
            case REPLACED -> {
                if (launch != null && launch.successor() != null) {
                    world.mainProcess(process, launch.successor());
                }
            }
            case STOPPING -> {
            }
        }
    }

    boolean beating() {
        return pulse != null;
    }

    boolean reporting() {
        return reporting;
    }

    private void runPreflight() {
        world.ledger().begins(process);
        Event answer = world.faults().bites(process, Fault.Kind.PREFLIGHT_FAILS)
                ? new Event.PreflightFailed("simulated") : new Event.PreflightPassed();
        if (world.oneIn(2)) {
            process.handle(answer);
        } else {
            process.later(Timing.WORK, () -> process.handle(answer));
        }
    }

    private void spawn() {
        Launch launch = new Launch(process);
        process.launch(launch);
        world.ledger().launched(process, launch);
        boolean slow = world.faults().bites(process, Fault.Kind.SPAWN_HANGS);
        long duration = slow ? world.timing().of(Timer.READY) + world.upTo(8 * SECOND) : world.upTo(Timing.WORK);
        process.at(world.agenda().now() + duration, () -> {
            if (world.faults().bites(process, Fault.Kind.SPAWN_FAILS)) {
                if (process.launch() == launch) {
                    process.launch(null);
                    process.handle(new Event.SpawnFailed("simulated"));
                }
                return;
            }
            SimulatedProcess successor = world.start(launch);
            if (launch.unwanted()) {
                killSoon(successor);
            }
            if (process.launch() == launch) {
                process.handle(new Event.Spawned());
            }
        });
    }

    /// The engine's rules: nobody waits for STOP or DRAINED, and whoever is not there yet is given up.
    private void send(Effect.Send send) {
        Message message = send.message();
        Launch launch = process.launch();
        ChannelEnd end = process.to(send.to());
        if (end != null) {
            boolean sent = end.send(new Frame.Carrying(message));
            boolean told = message instanceof Message.Drained
                    || (message instanceof Message.Stop && send.to() == Side.SUCCESSOR);
            if (!sent && !told) {
                process.handle(new Event.PeerLost("a frame could not be sent"));
            }
        } else if (send.to() == Side.SUCCESSOR && message instanceof Message.Abandon && launch != null) {
            launch.forget();
            process.handle(new Event.SpawnFailed("given up"));
        }
    }

    private void sendCutover() {
        if (trySend(new Frame.Carrying(new Message.Cutover()))) {
            world.ledger().cutover(process);
            process.handle(new Event.CutoverSent());
        } else {
            process.handle(new Event.CutoverFailed("it could not be sent"));
        }
    }

    private void sendPaused() {
        process.handle(trySend(new Frame.Carrying(new Message.Paused())) ? new Event.PausedSent()
                : new Event.PeerLost("PAUSED could not be sent"));
    }

    private void sendWelcome() {
        if (!trySend(new Frame.Welcome())) {
            process.handle(new Event.PeerLost("WELCOME could not be sent"));
        }
    }

    private boolean trySend(Frame frame) {
        ChannelEnd end = process.current();
        return end != null && end.send(frame);
    }

    /// At times the connection takes all of it only once the successor has read what came before.
    private void sendCommitted(boolean again) {
        if (world.oneIn(4)) {
            completeLater(process.launch(), again);
        } else {
            completeCommitted(again);
        }
    }

    /// Soon enough for a successor that is well not to be taken for silent.
    private void completeLater(@Nullable Launch launch, boolean again) {
        process.later(world.timing().of(Timer.SILENCE) / 2, () -> {
            if (!(process.state() instanceof State.Committing) || launch == null || process.launch() != launch) {
                return;
            }
            SimulatedProcess successor = launch.successor();
            if (successor != null && successor.alive() && (successor.stopped() || !successor.loopAlive())) {
                completeLater(launch, again);
            } else {
                completeCommitted(again);
            }
        });
    }

    private void completeCommitted(boolean again) {
        ChannelEnd end = process.current();
        Message committed = new Message.Committed(again, world.agenda().now() + world.timing().drain());
        if (end != null && end.send(new Frame.Carrying(committed))) {
            world.ledger().committed(process, overstays());
            process.handle(new Event.CommitSent());
        } else {
            process.handle(new Event.PeerLost("COMMITTED could not be sent"));
        }
    }

    private void release() {
        world.ledger().paused(process);
        process.answering(false);
        boolean hangs = world.faults().bites(process, Fault.Kind.RELEASE_HANGS);
        boolean fails = hangs || world.faults().bites(process, Fault.Kind.RELEASE_FAILS);
        process.later(Timing.WORK, () -> {
            process.accepting(false);
            process.later(hangs ? Timing.RELEASE_LIMIT : Timing.WORK, () -> {
                process.resource(fails && world.oneIn(2));
                process.handle(fails ? new Event.ReleaseFailed("simulated") : new Event.Released(0));
            });
        });
    }

    private void takeBack() {
        process.answering(true);
        process.later(Timing.WORK, () -> {
            process.resource(true);
            process.later(Timing.WORK, () -> {
                process.accepting(true);
                world.ledger().resumed(process);
                process.later(Timing.WORK, () -> {
                    world.pidFile(process);
                    process.handle(new Event.TakenBack());
                });
            });
        });
    }

    private void take() {
        process.answering(true);
        boolean hangs = world.faults().bites(process, Fault.Kind.TAKE_HANGS);
        boolean fails = hangs || world.faults().bites(process, Fault.Kind.TAKE_FAILS);
        boolean partly = world.oneIn(2);
        process.later(Timing.WORK, () -> {
            process.resource(!fails || partly);
            process.later(hangs ? Timing.TAKE_LIMIT : Timing.WORK, () -> {
                if (fails) {
                    process.handle(new Event.TakeFailed("simulated"));
                    return;
                }
                process.accepting(true);
                process.later(Timing.WORK, () -> {
                    world.pidFile(process);
                    process.handle(new Event.Taken());
                });
            });
        });
    }

    private void letGo() {
        process.answering(false);
        boolean fails = world.faults().bites(process, Fault.Kind.LET_GO_FAILS);
        process.later(Timing.WORK, () -> {
            process.accepting(false);
            process.later(Timing.WORK, () -> {
                if (fails) {
                    process.handle(new Event.ReleaseFailed("simulated"));
                } else {
                    process.resource(false);
                    process.handle(new Event.Released(0));
                }
            });
        });
    }

    private void kill() {
        Launch launch = process.launch();
        if (launch != null) {
            world.refusals().killed(launch);
            launch.kill();
            if (launch.successor() != null) {
                killSoon(launch.successor());
            }
        }
    }

    private void killSoon(SimulatedProcess victim) {
        world.agenda().in(1 + world.upTo(Timing.KILL), () -> {
            if (victim.alive()) {
                world.connections().killed(victim, process);
                victim.crash("killed by " + process);
            }
        });
    }

    private void forgetSuccessor() {
        Launch launch = process.launch();
        process.launch(null);
        if (launch == null) {
            return;
        }
        launch.forget();
        ChannelEnd end = launch.end();
        SimulatedProcess successor = launch.successor();
        if (end != null) {
            end.cut("closed by " + process);
        }
        if (successor != null && successor.alive()) {
            stragglers.add(successor);
            process.at(overstays(), () -> killIfAlive(successor));
        }
    }

    private void killIfAlive(SimulatedProcess victim) {
        if (victim.alive()) {
            killSoon(victim);
        }
    }

    private long overstays() {
        return world.agenda().now() + world.timing().drain() + Timing.OVERSTAY;
    }

    private void becomeOwner() {
        process.becomeOwner();
        world.ledger().owns(process);
        world.haste().owns(process);
        for (SimulatedProcess old : process.older()) {
            if (old.alive()) {
                process.at(world.ledger().killAt(old).orElse(overstays()), () -> killIfAlive(old));
            }
        }
    }

    private void drain(long atMost) {
        process.later(atMost, () -> {
            world.connections().drained(process);
            process.handle(new Event.DrainFinished(0));
        });
    }

    /// The engine's rule: who is the last to watch another process stays for it.
    private void exitAlone(Cause cause) {
        if (stragglers.stream().anyMatch(SimulatedProcess::alive)
                || (cause instanceof Cause.Stopped && !process.draining().isEmpty())) {
            process.later(SECOND, () -> exitAlone(cause));
        } else {
            process.exit(0);
        }
    }

    private void startBeating() {
        Pulse begun = new Pulse(process.application().checks(), world.timing().heartbeat());
        pulse = begun;
        process.later(world.timing().heartbeat(), () -> beat(begun));
    }

    private void beat(Pulse current) {
        if (pulse == current) {
            if (process.loopAlive()) {
                if (current.asks()) {
                    process.application().check(() -> answered(current), current::refused);
                } else {
                    send(current);
                }
            }
            process.at(world.agenda().now() + world.timing().heartbeat(), () -> beat(current));
        }
    }

    private void answered(Pulse current) {
        current.answered();
        if (pulse == current && process.loopAlive()) {
            send(current);
        }
    }

    private void send(Pulse current) {
        ChannelEnd end = process.current();
        long now = world.agenda().now();
        if (end != null) {
            current.beat(now, now, 1).filter(beat -> !end.send(new Frame.Carrying(beat)))
                    .ifPresent(unsent -> process.handle(new Event.PeerLost("a heartbeat could not be sent")));
        }
    }
}
