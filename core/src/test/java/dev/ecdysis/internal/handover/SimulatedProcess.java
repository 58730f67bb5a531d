package dev.ecdysis.internal.handover;

import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.internal.pump.EventPump;
import dev.ecdysis.internal.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// One process: its state machine, what waits for it, and what it holds.
final class SimulatedProcess {
    private final World world;
    private final int number;
    private final @Nullable Launch origin;
    private final SimulatedEngine engine;
    private final Application application;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private final Deque<Runnable> expired = new ArrayDeque<>();
    private final Timers timers;
    private final List<SimulatedProcess> older = new ArrayList<>();
    private @Nullable EventPump pump;
    private @Nullable Handled handled;
    private @Nullable Event handling;
    private @Nullable RuntimeException wrong;
    private int effectsLeft;
    private @Nullable ChannelEnd upstream;
    private @Nullable Launch launch;
    private boolean alive = true;
    private boolean stopped;
    private boolean accepting;
    private boolean answering;
    private boolean loopAlive = true;
    private boolean descriptor;
    private boolean resource;
    private boolean exitedByItself;
    private long silentSince;

    /// A transition that was made just now.
    private record Handled(State before, Event event, Step step) {
    }

    SimulatedProcess(World world, int number, @Nullable Launch origin) {
        this.world = world;
        this.number = number;
        this.origin = origin;
        engine = new SimulatedEngine(world, this);
        application = new Application(world, this);
        timers = new Timers(world, this);
    }

    /// Generation 0.
    void begin(boolean initialised) {
        descriptor = true;
        answering = true;
        if (initialised) {
            resource = true;
            accepting = true;
            live(new State.Running(false));
        } else {
            live(new State.Inheriting(Peer.DEAD, false));
            application.begin();
        }
    }

    /// A successor's `main` begins.
    void boot(ChannelEnd toPredecessor) {
        upstream = toPredecessor;
        later(Timing.WORK, () -> {
            if (!toPredecessor.send(new Frame.Hello())) {
                exit(1);
            }
        });
    }

    // What arrives.

    void enqueue(Runnable work) {
        if (alive) {
            inbox.add(work);
            pump();
        }
    }

    /// Something that this process does itself after a while; not while it is stopped.
    void later(long atMost, Runnable work) {
        world.agenda().in(1 + world.upTo(atMost), () -> enqueue(work));
    }

    void at(long time, Runnable work) {
        world.agenda().at(time, () -> enqueue(work));
    }

    /// A time limit has passed; what can be read is handled first.
    void enqueueExpired(Runnable work) {
        if (alive) {
            expired.add(work);
            pump();
        }
    }

    void receive(ChannelEnd end, Frame frame) {
        if (end != current()) {
            return;
        }
        switch (frame) {
            case Frame.Hello() -> handle(new Event.HelloArrived());
            case Frame.Welcome() -> inherit();
            case Frame.Carrying(Message message) ->
                SimulatedEngine.eventOf(world, message).ifPresent(this::handleOrExit);
        }
    }

    void lost(ChannelEnd end, String how) {
        if (end == current()) {
            handleOrExit(new Event.PeerLost(how));
        }
    }

    void peerDied(@Nullable Launch handover, OptionalInt exitStatus) {
        if (handover != null && handover == handover()) {
            handleOrExit(new Event.PeerDied(exitStatus));
        }
    }

    /// Before WELCOME there is no state machine: whatever goes wrong ends the process.
    private void handleOrExit(Event event) {
        if (pump == null) {
            exit(1);
        } else {
            handle(event);
        }
    }

    private void inherit() {
        descriptor = true;
        live(new State.Inheriting(Peer.THERE, false));
        if (origin != null) {
            older.add(origin.predecessor());
            older.addAll(origin.predecessor().older);
        }
        application.begin();
    }

    // The engine's one thread.

    /// As the loop does: whatever it takes up is handled, with all that comes of it, before it takes up anything else.
    void pump() {
        while (alive && !stopped) {
            if (pump != null && pumped(pump)) {
                continue;
            }
            Runnable next = inbox.isEmpty() ? expired.poll() : inbox.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    private void live(State first) {
        pump = new EventPump(this::next, first);
    }

    /// Something happens.
    void handle(Event event) {
        if (pump != null) {
            pump.post(event);
        }
    }

    /// One piece of what the pump has to do.
    private boolean pumped(EventPump running) {
        if (effectsLeft > 0) {
            world.faults().point(this);
            if (!alive || stopped) {
                return true;
            }
        }
        boolean more = running.runNext(this::carryOut);
        if (wrong != null) {
            throw wrong;
        }
        Handled now = handled;
        handled = null;
        if (now != null) {
            entered(now);
        } else if (more) {
            world.changed();
        }
        return more;
    }

    private Step next(State before, Event event) {
        handling = event;
        try {
            Step step = world.transitions().next(before, event);
            handled = new Handled(before, event, step);
            effectsLeft = step.effects().size();
            return step;
        } catch (RuntimeException e) { // which the pump would survive
            wrong = e;
            return Step.stay(before);
        }
    }

    private void carryOut(Effect effect) {
        effectsLeft--;
        try {
            engine.carryOut(effect);
        } catch (RuntimeException e) { // which the pump would survive
            wrong = e;
        }
    }

    private void entered(Handled now) {
        world.trace(() -> this + " " + now.event() + " -> " + now.step().state() + " " + now.step().effects());
        world.ledger().handled(this, now.before(), now.event());
        world.refusals().handled(this, now.before(), now.event());
        world.faults().entered(this, now.before(), now.step().state());
        world.faults().point(this);
        world.changed();
    }

    // Its life.

    void freeze() {
        fallsSilent();
        stopped = true;
        world.trace(() -> this + " is stopped");
    }

    void thaw() {
        if (alive && stopped) {
            stopped = false;
            world.trace(() -> this + " continues");
            pump();
            world.changed();
        }
    }

    void exit(int status) {
        world.trace(() -> this + " exits " + status);
        world.connections().exits(this);
        exitedByItself = true;
        end(OptionalInt.of(status));
    }

    /// By a fault, or by SIGKILL.
    void crash(String why) {
        world.trace(() -> this + " is dead: " + why);
        end(OptionalInt.empty());
    }

    private void end(OptionalInt status) {
        if (!alive) {
            return;
        }
        alive = false;
        accepting = false;
        answering = false;
        descriptor = false;
        resource = false;
        effectsLeft = 0;
        inbox.clear();
        expired.clear();
        world.buried(this, status);
    }

    /// Stops accepting from the listener for good.
    void closeListeners() {
        accepting = false;
        answering = false;
        descriptor = false;
    }

    void becomeOwner() {
        upstream = null;
    }

    void launch(@Nullable Launch next) {
        launch = next;
    }

    void accepting(boolean on) {
        accepting = on && descriptor;
    }

    /// At the control socket.
    void answering(boolean on) {
        answering = on && descriptor;
    }

    void resource(boolean held) {
        resource = held;
    }

    void stopLoop() {
        fallsSilent();
        loopAlive = false;
    }

    private void fallsSilent() {
        if (!silent()) {
            silentSince = world.agenda().now();
        }
    }

    // What others ask.

    /// The connection of the handover that is under way.
    @Nullable
    ChannelEnd current() {
        if (upstream != null) {
            return upstream;
        }
        return launch == null ? null : launch.end();
    }

    /// The connection to one side of it.
    @Nullable
    ChannelEnd to(Side side) {
        if (side == Side.PREDECESSOR) {
            return upstream;
        }
        return launch == null ? null : launch.end();
    }

    /// The handover that is under way.
    @Nullable
    Launch handover() {
        return upstream != null ? origin : launch;
    }

    @Nullable
    Launch launch() {
        return launch;
    }

    @Nullable
    Launch origin() {
        return origin;
    }

    /// Whether it has a predecessor still.
    boolean undecided() {
        return upstream != null;
    }

    @Nullable
    State state() {
        return pump == null ? null : pump.state();
    }

    @Nullable
    Event handling() {
        return handling;
    }

    Timers timers() {
        return timers;
    }

    SimulatedEngine engine() {
        return engine;
    }

    Application application() {
        return application;
    }

    List<SimulatedProcess> older() {
        return older;
    }

    List<Long> draining() {
        return older.stream().filter(SimulatedProcess::alive).map(process -> (long) process.number).toList();
    }

    int number() {
        return number;
    }

    boolean alive() {
        return alive;
    }

    boolean exitedByItself() {
        return exitedByItself;
    }

    /// Whether all effects of its last step are carried out.
    boolean idle() {
        return effectsLeft == 0;
    }

    boolean stopped() {
        return stopped;
    }

    boolean accepting() {
        return accepting;
    }

    boolean answering() {
        return answering;
    }

    /// Whether connections are really accepted, not just could be.
    boolean serves() {
        return alive && accepting && loopAlive && !stopped;
    }

    /// Whether it can do nothing, not even send a heartbeat.
    private boolean silent() {
        return stopped || !loopAlive;
    }

    /// For how long it has been silent.
    long silentFor() {
        return silent() ? world.agenda().now() - silentSince : 0;
    }

    boolean loopAlive() {
        return loopAlive;
    }

    boolean descriptor() {
        return descriptor;
    }

    boolean resource() {
        return resource;
    }

    @Override
    public String toString() {
        return "#" + number;
    }
}
