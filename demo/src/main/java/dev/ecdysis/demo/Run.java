package dev.ecdysis.demo;

import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import dev.ecdysis.demo.load.LoadReport;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One way of replacing the server under load, from its start to its end.
final class Run {
    private static final Duration POLL = Duration.ofMillis(20);

    private final DemoOptions options;
    private final DemoServer server;
    private final Replacement replacement;
    private final Display display;

    Run(DemoOptions options, DemoServer server, Replacement replacement, Display display) {
        this.options = options;
        this.server = server;
        this.replacement = replacement;
        this.display = display;
    }

    RunResult carryOut() throws IOException, DemoException, InterruptedException {
        SocketAddress address = server.start();
        LoadPlan plan = LoadPlan.to(address).requestsPerSecond(options.rate())
                .keepAliveConnections(DemoOptions.KEPT_CONNECTIONS);
        warmUp(plan.duration(options.warmUp()));
        List<Change> changes = new ArrayList<>();
        try (Load load = Load.start(plan)) {
            display.phase("");
            display.watch(load);
            Optional<String> problem = replaceAll(load, changes);
            load.stop();
            LoadReport report = load.await();
            display.rest();
            return new RunResult(replacement.label(), report, changes, problem);
        }
    }

    /// What was counted before the server was lost is the news then: it must not be lost as well.
    ///
    /// @return why it ended early
    private Optional<String> replaceAll(Load load, List<Change> changes) throws InterruptedException {
        try {
            for (int i = 0; i < options.upgrades(); i++) {
                sleepUntil(options.moment(i), load);
                changes.add(replace(i, load));
            }
            sleepUntil(options.duration(), load);
            return Optional.empty();
        } catch (DemoException | IOException e) {
            return Optional.of(DemoException.message(e));
        }
    }

    private void warmUp(LoadPlan plan) throws IOException, DemoException, InterruptedException {
        try (Load load = Load.start(plan)) {
            display.phase("warming up, not counted");
            display.watch(load);
            LoadReport report = load.await();
            display.rest();
            if (report.failed() > 0) {
                throw new DemoException(
                        "the server lost " + report.failed() + " requests before it was replaced even"
                                + " once, the first one so: " + report.failures().getFirst().detail());
            }
        }
    }

    private Change replace(int number, Load load) throws IOException, DemoException, InterruptedException {
        String prefix = "%s %d of %d: ".formatted(replacement.label(), number + 1, options.upgrades());
        Change change = carryOut(number, load, phase -> display.phase(prefix + phase));
        display.phase("");
        display.say(prefix + change.text());
        change.lastWords().forEach(line -> display.say("    " + Numbers.printable(line)));
        return change;
    }

    private Change carryOut(int number, Load load, Consumer<String> phase)
            throws IOException, DemoException, InterruptedException {
        try {
            return replacement.carryOut(server, fault(number), load, phase);
        } catch (IOException e) {
            // Whoever lost the control connection because the server died wants to know that it died.
            Optional<DemoException> problem = server.problem();
            if (problem.isPresent()) {
                throw problem.get();
            }
            throw e;
        }
    }

    /// Two ways to crash while initialising, one that says why and one that does not.
    private Optional<String> fault(int number) {
        return options.isBad(number) ? Optional.of(number % 2 == 0 ? "throw" : "exit:3") : Optional.empty();
    }

    private void sleepUntil(Duration moment, Load load) throws DemoException, InterruptedException {
        while (load.elapsed().compareTo(moment) < 0) {
            Thread.sleep(POLL);
            Optional<DemoException> problem = server.problem();
            if (problem.isPresent()) {
                throw problem.get();
            }
        }
    }
}
