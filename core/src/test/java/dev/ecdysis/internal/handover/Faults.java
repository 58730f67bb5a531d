package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.MILLISECOND;
import static dev.ecdysis.internal.handover.Agenda.SECOND;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Draws the faults of one simulation and lets them happen.
final class Faults {
    private static final Class<?>[] AS_PREDECESSOR = {State.Preflight.class, State.Spawning.class,
        State.Initialising.class, State.Releasing.class, State.CuttingOver.class, State.Ending.class,
        State.Probation.class,
        State.Committing.class, State.Recalling.class, State.Killing.class, State.TakingBack.class,
        State.Draining.class, State.Running.class};
    private static final Class<?>[] AS_SUCCESSOR = {State.Inheriting.class, State.AwaitingCutover.class,
        State.TakingOver.class, State.OnProbation.class, State.Relinquishing.class, State.Abandoned.class,
        State.Draining.class, State.Running.class};
    /// While the two sides may know different things.
    private static final Class<?>[] DECISIVE = {State.Releasing.class, State.CuttingOver.class, State.Probation.class,
        State.Committing.class,
        State.Recalling.class, State.Killing.class, State.TakingBack.class};
    private static final Class<?>[] RECALLING = {State.Recalling.class, State.TakingBack.class};
    private static final Class<?>[] KILLING = {State.Killing.class, State.TakingBack.class};
    private static final Class<?>[] ROLLED_BACK = {State.Relinquishing.class, State.Draining.class, State.Exited.class};
    private static final Fault.Kind[] ANYWHERE = {Fault.Kind.CRASH, Fault.Kind.HANG, Fault.Kind.FREEZE,
        Fault.Kind.BREAK, Fault.Kind.SIGNAL, Fault.Kind.COMMAND};
    /// What is rare together by chance, and interesting.
    private static final List<List<Fault.Kind>> COMBINATIONS = List.of(
            List.of(Fault.Kind.TAKE_FAILS, Fault.Kind.LET_GO_FAILS, Fault.Kind.LINGERS),
            List.of(Fault.Kind.TAKE_FAILS, Fault.Kind.LET_GO_FAILS),
            List.of(Fault.Kind.TAKE_FAILS, Fault.Kind.STOP),
            List.of(Fault.Kind.REFUSE, Fault.Kind.LET_GO_FAILS), List.of(Fault.Kind.REFUSE, Fault.Kind.STOP),
            List.of(Fault.Kind.REFUSE, Fault.Kind.CRASH),
            List.of(Fault.Kind.SPAWN_HANGS, Fault.Kind.SPAWN_FAILS),
            List.of(Fault.Kind.SPAWN_HANGS, Fault.Kind.STOP), List.of(Fault.Kind.SILENCE, Fault.Kind.STOP),
            List.of(Fault.Kind.BREAK, Fault.Kind.STOP), List.of(Fault.Kind.BREAK, Fault.Kind.CRASH),
            List.of(Fault.Kind.BREAK, Fault.Kind.FREEZE), List.of(Fault.Kind.REFUSE, Fault.Kind.FREEZE),
            List.of(Fault.Kind.NEVER_READY, Fault.Kind.SIGNAL),
            List.of(Fault.Kind.RELEASE_FAILS, Fault.Kind.CRASH));

    private final World world;
    private final RandomGenerator random;
    private final List<Fault> planned = new ArrayList<>();
    private final List<Fault.Happened> happened = new ArrayList<>();
    private final Map<Integer, Integer> points = new HashMap<>();
    private final Map<Fault, Integer> due = new HashMap<>();
    private final Map<SimulatedProcess, Set<Fault.Kind>> waiting = new HashMap<>();
    private final Set<Fault> once = new HashSet<>();
    private boolean enabled = true;
    private long last;

    Faults(World world, RandomGenerator random) {
        this.world = world;
        this.random = random;
    }

    void plan() {
        int dice = random.nextInt(20);
        int count = dice == 0 ? 0 : dice < 9 ? 1 : dice < 14 ? 2 : dice < 17 ? 3 : 4 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            plan(anyKind());
        }
        if (random.nextInt(4) == 0) {
            COMBINATIONS.get(random.nextInt(COMBINATIONS.size())).forEach(this::plan);
        }
        if (random.nextInt(25) == 0) {
            planABeatThatWaits();
        }
        if (random.nextInt(15) == 0) {
            planAnInterruptedRollback();
        }
    }

    /// The successor refuses on probation or falls silent, and before both are done with that, one of them is hit.
    private void planAnInterruptedRollback() {
        boolean refuses = random.nextInt(3) > 0;
        plan(new Fault(refuses ? Fault.Kind.REFUSE : Fault.Kind.SILENCE, 1,
                new Fault.Moment.InState(1, State.OnProbation.class, 0, random.nextLong(10 * MILLISECOND))));
        if (!refuses && random.nextInt(3) == 0) {
            // Its last words.
            plan(new Fault(Fault.Kind.STOP, 1,
                    new Fault.Moment.InState(0, State.Killing.class, 0, random.nextLong(50 * MILLISECOND))));
            return;
        }
        int process = refuses ? random.nextInt(2) : 0;
        Class<?>[] states = process == 1 ? ROLLED_BACK : refuses ? RECALLING : KILLING;
        plan(new Fault(ANYWHERE[random.nextInt(ANYWHERE.length)], process, new Fault.Moment.InState(process,
                states[random.nextInt(states.length)], 0, random.nextLong(50 * MILLISECOND))));
    }

    /// The predecessor sleeps when only a beat is missing for the commit; the successor sends it and then hangs.
    private void planABeatThatWaits() {
        long heartbeat = world.timing().heartbeat();
        long asleep = world.timing().probation() + random.nextLong(heartbeat);
        plan(new Fault(Fault.Kind.FREEZE, 0, new Fault.Moment.InState(0, State.Probation.class, 0, asleep)));
        plan(new Fault(random.nextBoolean() ? Fault.Kind.HANG : Fault.Kind.SILENCE, 1,
                new Fault.Moment.InState(0, State.Probation.class, 0, asleep + random.nextLong(2 * heartbeat))));
    }

    private Fault.Kind anyKind() {
        Fault.Kind[] kinds = Fault.Kind.values();
        return switch (random.nextInt(3)) {
            case 0 -> Fault.Kind.CRASH;
            case 1 -> kinds[random.nextInt(Fault.Kind.PREFLIGHT_FAILS.ordinal())];
            default -> kinds[random.nextInt(kinds.length)];
        };
    }

    private void plan(Fault.Kind kind) {
        int process = random.nextInt(10) == 0 ? 2 : random.nextInt(2);
        if (kind.waits()) {
            boolean ofPredecessor = kind.ordinal() <= Fault.Kind.RELEASE_HANGS.ordinal();
            process = (random.nextInt(10) == 0 ? 1 : 0) + (ofPredecessor ? 0 : 1);
        } else if (kind == Fault.Kind.REFUSE || kind == Fault.Kind.SILENCE) {
            process = Math.max(1, process);
        }
        plan(new Fault(kind, process, moment(process)));
    }

    private void plan(Fault fault) {
        planned.add(fault);
        if (!fault.kind().waits() && fault.moment() instanceof Fault.Moment.AtTime(long time)) {
            world.agenda().at(time, () -> happenLater(fault));
        }
    }

    private void happenLater(Fault fault) {
        world.process(fault.process()).ifPresent(process -> {
            happen(fault.kind(), process);
            process.pump();
        });
    }

    private Fault.Moment moment(int process) {
        if (process == 1 && random.nextInt(12) == 0) {
            // Before its first state.
            return new Fault.Moment.InState(0, State.Spawning.class, 0, random.nextLong(2 * Timing.WORK));
        }
        return switch (random.nextInt(6)) {
            case 0 -> new Fault.Moment.AtPoint(random.nextInt(60));
            case 1 -> new Fault.Moment.AtTime(random.nextLong(8 * SECOND));
            case 2 -> inState(random.nextInt(2));
            case 3 -> new Fault.Moment.InState(0, DECISIVE[random.nextInt(DECISIVE.length)], 0,
                    random.nextLong(world.timing().latency()));
            default -> inState(process);
        };
    }

    private Fault.Moment inState(int watched) {
        Class<?>[] states = watched == 0 ? AS_PREDECESSOR : AS_SUCCESSOR;
        return new Fault.Moment.InState(watched, states[random.nextInt(states.length)], random.nextInt(6),
                random.nextInt(3) == 0 ? random.nextLong(3 * SECOND)
                        : random.nextBoolean() ? random.nextLong(100 * MILLISECOND) : -1);
    }

    /// From now on all goes well.
    void end() {
        enabled = false;
        happened.clear();
        planned.clear();
        due.clear();
    }

    List<Fault> planned() {
        return planned;
    }

    List<Fault.Happened> happened() {
        return happened;
    }

    /// When the last fault was over.
    long last() {
        return last;
    }

    void born(SimulatedProcess process) {
        planned.stream().filter(fault -> fault.kind().waits() && fault.process() == process.number())
                .forEach(fault -> waiting.computeIfAbsent(process, none -> EnumSet.noneOf(Fault.Kind.class))
                        .add(fault.kind()));
    }

    /// Whether something that was to go wrong does so now; it does so once.
    boolean bites(SimulatedProcess process, Fault.Kind kind) {
        if (!enabled || !waiting.getOrDefault(process, new HashSet<>()).remove(kind)) {
            return false;
        }
        record(kind, process);
        return true;
    }

    void entered(SimulatedProcess process, State before, State after) {
        if (!enabled || planned.isEmpty() || before.getClass() == after.getClass()) {
            return;
        }
        for (Fault fault : planned) {
            if (!fault.kind().waits()
                    && fault.moment() instanceof Fault.Moment.InState moment
                    && moment.watched() == process.number() && moment.state() == after.getClass()
                    && once.add(fault)) {
                if (moment.delay() >= 0) {
                    world.agenda().in(moment.delay(), () -> happenLater(fault));
                } else {
                    due.put(fault, points.getOrDefault(fault.process(), 0) + 1 + moment.points());
                }
            }
        }
    }

    /// Between two effects or events of a process.
    void point(SimulatedProcess process) {
        if (!enabled || planned.isEmpty()) {
            return;
        }
        int count = points.merge(process.number(), 1, Integer::sum);
        for (Fault fault : planned) {
            if (fault.process() == process.number() && !fault.kind().waits()) {
                boolean now = (fault.moment() instanceof Fault.Moment.AtPoint(int at) && at == count)
                        || due.getOrDefault(fault, -1) == count;
                if (now) {
                    happen(fault.kind(), process);
                }
            }
        }
    }

    private void happen(Fault.Kind kind, SimulatedProcess process) {
        if (!enabled || !process.alive()) {
            return;
        }
        switch (kind) {
            case CRASH -> {
                record(kind, process);
                process.crash("crashed");
            }
            case FREEZE -> freeze(process);
            case HANG -> {
                if (watched(process)) {
                    record(kind, process);
                    process.freeze();
                } else {
                    freeze(process);
                }
            }
            case BREAK -> breakChannel(process);
            case SIGNAL -> world.ask(process, Origin.SIGNAL);
            case COMMAND -> world.ask(process, Origin.COMMAND);
            case STOP -> (random.nextBoolean() ? List.of(process) : world.living()).forEach(this::stop);
            case REFUSE -> refuse(process);
            case SILENCE -> {
                if (process.undecided()) {
                    record(kind, process);
                    process.stopLoop();
                }
            }
            default -> throw new IllegalArgumentException(kind + " waits");
        }
    }

    /// Whether another process would end this one if it hung for ever. Otherwise it hangs for a while only.
    private static boolean watched(SimulatedProcess process) {
        return process.state() instanceof State.Draining draining
                ? !(draining.cause() instanceof Cause.Stopped) : process.undecided();
    }

    private void freeze(SimulatedProcess process) {
        if (!process.stopped()) {
            record(Fault.Kind.FREEZE, process);
            process.freeze();
            world.agenda().in(1 + random.nextLong(random.nextBoolean() ? 500 * MILLISECOND : 8 * SECOND), () -> {
                last = world.agenda().now();
                process.thaw();
            });
        }
    }

    private void breakChannel(SimulatedProcess process) {
        ChannelEnd end = process.current();
        if (end != null && !end.broken()) {
            record(Fault.Kind.BREAK, process);
            end.cut("broken");
        }
    }

    /// Of one process, or of the group of a terminal or a service, in which each learns of it in its own time, and
    /// perhaps again from whoever passes it on.
    private void stop(SimulatedProcess process) {
        world.agenda().in(random.nextLong(1 + MILLISECOND), () -> askToStop(process));
        if (random.nextInt(3) == 0) {
            world.agenda().in(MILLISECOND + random.nextLong(SECOND - 2 * MILLISECOND), () -> askToStop(process));
        }
    }

    private void askToStop(SimulatedProcess process) {
        Event stop = new Event.StopAsked("test", Duration.ofSeconds(1).toNanos() / SECOND * world.agenda().now());
        process.enqueue(() -> process.handle(stop));
    }

    private void refuse(SimulatedProcess process) {
        if (process.undecided() && process.state() != null) {
            record(Fault.Kind.REFUSE, process);
            world.agenda().in(0, () -> process.enqueue(process.application()::refuse));
        }
    }

    private void record(Fault.Kind kind, SimulatedProcess process) {
        last = world.agenda().now();
        world.trace(() -> "!! " + kind + " " + process + " at " + process.state());
        boolean sole = world.living().stream()
                .noneMatch(other -> other != process && other.descriptor() && !decided(other.state()));
        happened.add(new Fault.Happened(kind, process, process.handover(), sole, !process.undecided(), last));
        world.coverage().happened(kind, process, process.state());
        world.ledger().faulty(kind);
    }

    /// Whether a process has decided not to serve any more.
    private static boolean decided(State state) {
        return state instanceof State.Committing || state instanceof State.Draining
                || state instanceof State.Exited || state instanceof State.Abandoned;
    }
}
