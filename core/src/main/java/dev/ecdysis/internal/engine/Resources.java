package dev.ecdysis.internal.engine;

import dev.ecdysis.spi.Exclusive;
import java.util.ArrayList;
import java.util.List;

/// What only one of two generations may hold. Registered from any thread, used by the steps of a handover.
final class Resources {
    private static final System.Logger LOG = System.getLogger(Resources.class.getName());

    private final List<Named> all = new ArrayList<>();
    private boolean sealed;

    private static final class Named {
        private final String name;
        private final Exclusive resource;
        private boolean held;

        private Named(String name, Exclusive resource) {
            this.name = name;
            this.resource = resource;
        }
    }

    synchronized void add(String name, Exclusive resource) {
        Names.check(name);
        if (sealed) {
            throw new IllegalStateException("resource " + name + ": register before ready()");
        }
        if (all.stream().anyMatch(known -> known.name.equals(name))) {
            throw new IllegalStateException("there is a resource named " + name + " already");
        }
        all.add(new Named(name, resource));
    }

    synchronized void seal() {
        sealed = true;
    }

    synchronized int count() {
        return all.size();
    }

    private synchronized List<Named> list() {
        return List.copyOf(all);
    }

    /// Takes all, in the order of registration.
    void takeAll() throws StepException {
        for (Named one : list()) {
            run(one, "take", one.resource::take);
            one.held = true;
        }
    }

    /// Lets go of what is held, in reverse.
    void letGoAll() throws StepException {
        for (Named one : list().reversed()) {
            if (one.held) {
                // Half let go is not held: taking back must then be tried.
                one.held = false;
                run(one, "let go", one.resource::letGo);
            }
        }
    }

    /// Takes back what was let go. One that fails is logged: the server serves on.
    void takeBackAll() {
        for (Named one : list()) {
            if (!one.held) {
                try {
                    run(one, "take back", one.resource::takeBack);
                    one.held = true;
                } catch (StepException e) {
                    LOG.log(System.Logger.Level.ERROR, "after a rollback: " + e.getMessage(), e);
                }
            }
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void run(Named one, String what, Action action) throws StepException {
        try {
            action.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepException("resource " + one.name + " did not " + what + " in time", e);
        } catch (Exception e) {
            throw new StepException("resource " + one.name + " could not " + what + ": " + e.getMessage(), e);
        }
    }
}
