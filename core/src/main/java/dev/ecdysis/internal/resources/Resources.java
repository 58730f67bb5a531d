package dev.ecdysis.internal.resources;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What only one of two generations may hold. Registered from any thread, used by the steps of a handover.
public final class Resources {
    private static final System.Logger LOG = Log.of(Resources.class);

    private final Duration limit;
    private final int generation;
    private final List<Named> all = new ArrayList<>();
    private boolean sealed;

    /// @param limit how long a step may take
    public Resources(Duration limit, int generation) {
        this.limit = limit;
        this.generation = generation;
    }

    private record Context(long deadline, int generation) implements StepContext {
        @Override
        public Duration timeLeft() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }
    }

    /// Of a step that begins now.
    private Context context() {
        return new Context(System.nanoTime() + limit.toNanos(), generation);
    }

    private static final class Named {
        private final String name;
        private final Exclusive resource;
        private boolean held;

        private Named(String name, Exclusive resource) {
            this.name = name;
            this.resource = resource;
        }
    }

    public synchronized void add(String name, Exclusive resource) {
        Names.check(name);
        if (sealed) {
            throw new IllegalStateException("resource " + name + ": register before ready()");
        }
        if (all.stream().anyMatch(known -> known.name.equals(name))) {
            throw new IllegalStateException("there is a resource named " + name + " already");
        }
        all.add(new Named(name, resource));
    }

    public synchronized void seal() {
        sealed = true;
    }

    synchronized int count() {
        return all.size();
    }

    private synchronized List<Named> list() {
        return List.copyOf(all);
    }

    /// Takes all, in the order of registration.
    void takeAll(StepDeadline deadline) throws StepException {
        for (Named one : list()) {
            deadline.begin("resource " + one.name);
            run(one, "take", one.resource::take, context());
            if (!hold(one, deadline)) {
                // Too late: the other generation takes it back by now.
                run(one, "let go", one.resource::letGo, context());
                deadline.pass();
            }
        }
    }

    /// Lets go of what is held, in reverse.
    void letGoAll(StepDeadline deadline) throws StepException {
        List<Named> named = list();
        for (int i = named.size() - 1; i >= 0; i--) {
            Named one = named.get(i);
            deadline.begin("resource " + one.name);
            if (release(one, deadline)) {
                run(one, "let go", one.resource::letGo, context());
            }
        }
    }

    /// Takes back what was let go. One that fails is logged: the server serves on.
    void takeBackAll(StepDeadline deadline) {
        for (Named one : list()) {
            if (!isHeld(one) && !deadline.isTooLate()) {
                try {
                    deadline.begin("resource " + one.name);
                    run(one, "take back", one.resource::takeBack, context());
                    hold(one, () -> false);
                } catch (StepException e) {
                    LOG.log(System.Logger.Level.ERROR, "after a rollback: " + e.getMessage(), e);
                }
            }
        }
    }

    private synchronized boolean isHeld(Named one) {
        return one.held;
    }

    private synchronized boolean hold(Named one, StepDeadline deadline) {
        one.held = !deadline.isTooLate();
        return one.held;
    }

    /// Half let go is not held: taking back must then be tried. Under the lock, so that a step which is too late
    /// either is seen by the one that takes back, or does nothing.
    private synchronized boolean release(Named one, StepDeadline deadline) throws StepException {
        deadline.pass();
        boolean held = one.held;
        one.held = false;
        return held;
    }

    private interface Action {
        void run(StepContext context) throws Exception;
    }

    private static void run(Named one, String what, Action action, StepContext context) throws StepException {
        try {
            action.run(context);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepException("resource " + one.name + " did not " + what + " in time", e);
        } catch (Throwable e) { // an Error of the application's is no reason to leave the others as they are
            throw new StepException("resource " + one.name + " could not " + what + ": " + OneLine.of(e), e);
        }
    }
}
