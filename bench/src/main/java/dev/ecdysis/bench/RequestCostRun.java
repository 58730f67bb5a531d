package dev.ecdysis.bench;

import dev.ecdysis.bench.ClosedLoop.Slice;
import dev.ecdysis.bench.RequestCostCommand.Plan;
import dev.ecdysis.bench.RequestCostResult.Cost;
import dev.ecdysis.bench.RequestCostResult.Round;
import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Both servers side by side, asked in turn.
final class RequestCostRun {
    private final Plan plan;
    private final Path examplesJar;
    private final Mode mode;
    private final List<String> failures = new ArrayList<>();

    RequestCostRun(Plan plan, Path examplesJar, Mode mode) {
        this.plan = plan;
        this.examplesJar = examplesJar;
        this.mode = mode;
    }

    RequestCostResult carryOut() throws IOException, BenchException, InterruptedException {
        List<List<Round>> forks = new ArrayList<>();
        for (int fork = 0; fork < plan.forks(); fork++) {
            forks.add(fork(fork));
        }
        return new RequestCostResult(mode, forks, failures);
    }

    private List<Round> fork(int fork) throws IOException, BenchException, InterruptedException {
        String prefix = Figures.label(mode) + ": JVMs " + (fork + 1) + " of " + plan.forks() + ": ";
        Progress.say(prefix + "starting, warming up");
        try (Workplace workplace = new Workplace()) {
            ServerProcess plain = ServerProcess.plain(workplace, "plain", examplesJar);
            ServerProcess example = plan.againstItself()
                    ? ServerProcess.plain(workplace, "plain-too", examplesJar)
                    : ServerProcess.example(workplace, "example", examplesJar);
            measure(plain, plan.warmUp());
            measure(example, plan.warmUp());
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < plan.rounds(); i++) {
                Round round = round(plain, example, (fork + i) % 2 == 0);
                rounds.add(round);
                Progress.say(prefix + "round %d of %d: throughput %s, processor time %s".formatted(i + 1, plan.rounds(),
                        Figures.ratio(round.throughputRatio()), Figures.ratio(round.processorRatio())));
            }
            return rounds;
        }
    }

    private Round round(ServerProcess plain, ServerProcess example, boolean plainFirst)
            throws IOException, BenchException, InterruptedException {
        if (plainFirst) {
            Cost cost = measure(plain, plan.slice());
            return new Round(cost, measure(example, plan.slice()));
        }
        Cost cost = measure(example, plan.slice());
        return new Round(measure(plain, plan.slice()), cost);
    }

    private Cost measure(ServerProcess server, Duration duration)
            throws IOException, BenchException, InterruptedException {
        Duration before = Machine.processorTime(server.pid());
        Slice slice = ClosedLoop.run(server.address(), mode, plan.clients(), duration);
        Duration used = Machine.processorTime(server.pid()).minus(before);
        failures.addAll(slice.failures());
        if (slice.answered() == 0 || used.isZero()) {
            throw new BenchException("nothing was answered within " + Figures.duration(duration) + ": "
                    + slice.failures().stream().findFirst().orElse("the slice is too short") + "\n  "
                    + String.join("\n  ", server.lastWords()));
        }
        return new Cost(slice.answered(), slice.answered() / (slice.elapsed().toNanos() / 1e9),
                used.toNanos() / 1e3 / slice.answered());
    }
}
