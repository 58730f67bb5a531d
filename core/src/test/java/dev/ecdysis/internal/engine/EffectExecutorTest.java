package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Exit;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.announce.Notifier;
import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.drain.DrainWatch;
import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Limit;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.ServiceState;
import dev.ecdysis.internal.handover.Side;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.Step;
import dev.ecdysis.internal.handover.Timer;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.pump.EventPump;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.resources.Listeners;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.resources.PidFileKeeper;
import dev.ecdysis.internal.resources.Resources;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.sides.PredecessorSide;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each effect on its own, without a handover that would make up for what it fails to answer: the answer that its
/// documentation promises comes, whatever goes wrong, and nothing else does.
@Timeout(120)
class EffectExecutorTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final Event GO = new Event.Spawned();
    private static final Event OVER = new Event.HelloArrived();
    private static final String FAULT = "broken on purpose";

    private final BlockingQueue<Event> answers = new LinkedBlockingQueue<>();
    private volatile Effect effect = new Effect.CountDraining();
    private final EventPump pump = new EventPump((state, event) -> {
        if (event.equals(GO)) {
            return new Step(state, List.of(effect));
        }
        answers.add(event);
        return new Step(state, List.of());
    }, new State.Running(false));
    private final Resources resources = new Resources(Duration.ofMillis(500), 0);
    private EventLoop loop;
    private Notifier notifier;
    private EffectExecutor executor;
    private Fd self;
    private Thread thread;

    @BeforeEach
    void start() throws Exception {
        Options options = new Options(Set.of(), Set.of(), Optional.empty(), Optional.empty(), Duration.ofMillis(1),
                Duration.ofMillis(1), Duration.ofSeconds(10), Duration.ZERO, Duration.ofMillis(1),
                Duration.ofMillis(500),
                Duration.ofSeconds(1), 3, "test", List.of("/no/such/program"), Optional.empty(), List.of(), false);
        loop = new EventLoop(POSIX);
        notifier = new Notifier(List.of());
        executor = new EffectExecutor(loop, options, notifier, pump);
        self = POSIX.pidfdOpen((int) OwnProcess.pid());
        OwnedResources owned = new OwnedResources(
                new Listeners(new SocketFactory(POSIX), Adoption.select(POSIX), Duration.ofSeconds(1)), resources,
                new ControlServer(POSIX, loop, null), new PidFileKeeper(Optional.empty(), Optional.empty()),
                new StepRunner(loop, pump),
                options.handoverTimeout());
        ProcessReaper reaper = new ProcessReaper(POSIX, loop, executor::memberEnded, executor::relayEnded);
        PredecessorSide predecessorSide = new PredecessorSide(POSIX, loop, pump, options, 0,
                LaunchDescription.ofThisProcess(POSIX), self, owned, reaper, new Relays(POSIX));
        executor.use(new EffectExecutor.Parts(predecessorSide, Optional.empty(), owned,
                new DrainWatch(POSIX, loop, owned),
                reaper, Optional.empty(), Optional.empty()));
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(executor::close);
        loop.stop();
        thread.join();
        notifier.close();
        self.close();
    }

    private void onLoop(Runnable action) throws Exception {
        if (thread == null) {
            thread = Thread.ofPlatform().start(loop::run);
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            action.run();
            done.complete(true);
        });
        done.get();
    }

    private void execute(Effect one) throws Exception {
        effect = one;
        onLoop(() -> pump.post(GO));
        onLoop(() -> assertThat(effect).isSameAs(one)); // once the pump has run
    }

    /// What was posted at once.
    private List<Event> answersAtOnce(Effect one) throws Exception {
        execute(one);
        onLoop(() -> pump.post(OVER));
        while (!answers.contains(OVER)) {
            Thread.onSpinWait();
        }
        answers.remove(OVER);
        return List.copyOf(answers);
    }

    private Event answer(Effect one) throws Exception {
        execute(one);
        Event first = answers.take();
        assertThat(answers).as("more than %s", first).isEmpty();
        return first;
    }

    /// @param takes whether that works
    private record Broken(boolean takes) implements Exclusive {
        @Override
        public void letGo(StepContext context) throws IOException {
            throw new IOException(FAULT);
        }

        @Override
        public void take(StepContext context) throws IOException {
            if (!takes) {
                throw new IOException(FAULT);
            }
        }

        @Override
        public void takeBack(StepContext context) throws IOException {
            throw new IOException(FAULT);
        }
    }

    static Stream<Arguments> whatWorks() {
        return Stream.of(Arguments.of(new Effect.Release(List.of()), Event.Released.class),
                Arguments.of(new Effect.TakeBack(), Event.TakenBack.class),
                Arguments.of(new Effect.Take(), Event.Taken.class),
                Arguments.of(new Effect.LetGo(), Event.Released.class),
                Arguments.of(new Effect.CountDraining(), Event.OlderEnded.class),
                Arguments.of(new Effect.BeginDrain(new Cause.Stopped("test")), Event.DrainFinished.class),
                Arguments.of(new Effect.StartTimer(Timer.END, Limit.USUAL), Event.TimerFired.class),
                Arguments.of(new Effect.StartTimer(Timer.SILENCE, Limit.FIRST_BEAT), Event.TimerFired.class));
    }

    @ParameterizedTest
    @MethodSource("whatWorks")
    void isAnswered(Effect one, Class<? extends Event> by) throws Exception {
        assertThat(answer(one)).isInstanceOf(by);
    }

    static Stream<Arguments> whatFails() {
        return Stream.of(Arguments.of(new Effect.RunPreflight(1), Event.PreflightFailed.class),
                Arguments.of(new Effect.Spawn(), Event.SpawnFailed.class),
                Arguments.of(new Effect.SendWelcome(), Event.PeerLost.class),
                Arguments.of(new Effect.SendCutover(1), Event.CutoverFailed.class),
                Arguments.of(new Effect.SendCommitted(false), Event.PeerLost.class),
                Arguments.of(new Effect.SendPaused(), Event.PeerLost.class),
                Arguments.of(new Effect.Release(List.of()), Event.ReleaseFailed.class),
                Arguments.of(new Effect.TakeBack(), Event.TakenBack.class),
                Arguments.of(new Effect.Take(), Event.TakeFailed.class),
                Arguments.of(new Effect.LetGo(), Event.ReleaseFailed.class));
    }

    /// There is no new process, no program to start, nor a resource that works.
    @ParameterizedTest
    @MethodSource("whatFails")
    void failsInItsUsualWay(Effect one, Class<? extends Event> by) throws Exception {
        boolean letsGo = one instanceof Effect.LetGo || one instanceof Effect.Release;
        resources.add("broken", new Broken(letsGo));
        if (letsGo) { // what was never taken need not be let go
            assertThat(answer(new Effect.Take())).isInstanceOf(Event.Taken.class);
        }
        assertThat(answer(one)).isInstanceOf(by);
    }

    static Stream<Effect> whatIsNotAnswered() {
        Outcome failed = new Outcome.Failed(Phase.SPAWNING, FAULT, OptionalInt.empty());
        return Stream.of(new Effect.Kill(), new Effect.ForgetSuccessor(true), new Effect.ForgetSuccessor(false),
                new Effect.StopTimer(Timer.READY), new Effect.Announce(Phase.CUTOVER, false),
                new Effect.Announce(Phase.DRAINING, true), new Effect.NotifyServiceManager(ServiceState.SERVING),
                new Effect.Report(Origin.SIGNAL, 0, failed), new Effect.StartReports(), new Effect.StopReports(),
                new Effect.Refuse(1, FAULT), new Effect.Acknowledge(1, true, false, "test"), new Effect.AnswerClients(),
                new Effect.StartBeating(), new Effect.StopBeating(), new Effect.BecomeOwner(), new Effect.Rehearse(),
                new Effect.CloseListeners(new Cause.Stopped("test")), new Effect.EndDrain(),
                new Effect.Send(Side.SUCCESSOR, new Message.Stop("test")),
                new Effect.Send(Side.PREDECESSOR, new Message.Drained()));
    }

    @ParameterizedTest
    @MethodSource("whatIsNotAnswered")
    void needsNoAnswer(Effect one) throws Exception {
        assertThat(answersAtOnce(one)).isEmpty();
    }

    @Test
    void whoeverWaitsIsTold() throws Exception {
        CompletableFuture<UpgradeResult> refused = new CompletableFuture<>();
        CompletableFuture<UpgradeResult> failed = new CompletableFuture<>();
        onLoop(() -> {
            executor.pending().caller(refused);
            executor.pending().caller(failed);
        });
        execute(new Effect.Refuse(1, "not now"));
        execute(new Effect.Report(Origin.API, 2, new Outcome.Failed(Phase.CUTOVER, FAULT, OptionalInt.of(3))));
        assertThat(refused.get()).isEqualTo(new UpgradeResult.Refused("not now"));
        assertThat(failed.get()).isInstanceOfSatisfying(UpgradeResult.Failed.class,
                one -> assertThat(one.exitStatus()).hasValue(3));
        execute(new Effect.ReleaseReady());
        assertThat(executor.ready()).isCompleted();
        assertThat(executor.exit()).isNotDone();
        execute(new Effect.Finish(new Cause.Stopped("test"), 4));
        assertThat(executor.exit().get()).isEqualTo(new Exit.Stopped(4));
    }

    @Test
    void aStartThatFailsIsToldWhetherItWasGivenUp() throws Exception {
        execute(new Effect.FailReady(FAULT, true, true));
        assertThat(executor.ready()).isCompletedExceptionally();
        assertThat(executor.wasAbandoned()).isTrue();
        assertThat(executor.wasJustStopped(System.nanoTime())).isTrue();
    }

    @Test
    void aTimerThatWasStoppedDoesNotFire() throws Exception {
        execute(new Effect.StartTimer(Timer.PREDECESSOR_DEATH, Limit.USUAL));
        execute(new Effect.StopTimer(Timer.PREDECESSOR_DEATH));
        assertThat(answer(new Effect.StartTimer(Timer.END, Limit.USUAL))).isEqualTo(new Event.TimerFired(Timer.END));
    }

    @Test
    void noEffectIsLeftOut() {
        Stream<Class<?>> tested = Stream.of(whatWorks().map(one -> one.get()[0].getClass()),
                whatFails().map(one -> one.get()[0].getClass()), whatIsNotAnswered().map(Object::getClass),
                Stream.of(Effect.ReleaseReady.class, Effect.FailReady.class, Effect.Finish.class))
                .flatMap(types -> types);
        assertThat(tested.distinct()).containsAll(Arrays.asList(Effect.class.getPermittedSubclasses()));
    }
}
