package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.SECOND;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// One seeded story: an upgrade with faults, then, when the dust has settled, one without.
final class Simulation {
    static final String SEED_PROPERTY = "dev.ecdysis.simulation.seed";
    static final String DIFFERS = "; told again, it was: ";
    private static final int MOST_EVENTS = 50_000;
    private static final int CLIENTS = 15;

    private final World world;
    private long events;

    private Simulation(long seed, Transitions transitions, boolean traced) {
        world = new World(new SplittableRandom(seed), transitions, traced);
    }

    /// What a seed led to.
    ///
    /// @param violation what did not hold
    record Result(long seed, Optional<String> violation, List<String> trace, long events, Coverage coverage) {
        String story() {
            return violation.orElse("all held") + System.lineSeparator() + "replay with -D" + SEED_PROPERTY + "="
                    + seed + " -Dtest=SimulationTest" + System.lineSeparator()
                    + String.join(System.lineSeparator(), trace);
        }
    }

    /// Traces only a story that went wrong, by telling it again.
    static Result run(long seed, Transitions transitions) {
        Result quick = run(seed, transitions, false);
        if (quick.violation().isEmpty()) {
            return quick;
        }
        Result traced = run(seed, transitions, true);
        if (traced.violation().equals(quick.violation())) {
            return traced;
        }
        String both = quick.violation().get() + DIFFERS + traced.violation().orElse("all held");
        return new Result(seed, Optional.of(both), traced.trace(), quick.events(), quick.coverage());
    }

    static Result run(long seed, Transitions transitions, boolean traced) {
        Simulation simulation = new Simulation(seed, transitions, traced);
        Optional<String> violation = Optional.empty();
        try {
            simulation.tell();
        } catch (Violation violated) {
            violation = Optional.of(String.valueOf(violated.getMessage()));
        }
        return new Result(seed, violation, simulation.world.trace(), simulation.events,
                simulation.world.coverage());
    }

    private void tell() {
        SimulatedProcess first = world.begin();
        world.trace(() -> "faults " + world.faults().planned() + ", " + world.timing());
        for (int i = 0; i < CLIENTS; i++) {
            world.connect();
        }
        Origin origin = world.oneIn(3) ? Origin.SIGNAL : Origin.COMMAND;
        world.agenda().at(world.upTo(SECOND), () -> world.ask(first, origin));
        settle();
        Optional<SimulatedProcess> server = world.living().stream().filter(SimulatedProcess::serves)
                .findFirst();
        if (server.isPresent()) {
            upgradeOnceMore(server.get());
        }
    }

    private void upgradeOnceMore(SimulatedProcess server) {
        world.trace(() -> "-- once more, without faults");
        world.faults().end();
        world.haste().end();
        world.ledger().forgetFaults();
        for (int i = 0; i < CLIENTS; i++) {
            world.connect();
        }
        long requester = world.ask(server, Origin.COMMAND);
        settle();
        Outcome outcome = world.ledger().answers().get(requester);
        if (!(outcome instanceof Outcome.Committed)) {
            throw new Violation("a further upgrade did not succeed: " + outcome);
        }
    }

    private void settle() {
        while (world.agenda().runNext()) {
            if (++events > MOST_EVENTS) {
                throw new Violation("it never settles");
            }
        }
        world.invariants().settled();
    }
}
