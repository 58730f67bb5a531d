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
import java.util.SortedSet;
import java.util.TreeSet;

/// Both servers side by side, asked in turn.
final class RequestCostRun {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Plan plan;
    private final Path examplesJar;
    private final Mode mode;
    private final List<String> failures = new ArrayList<>();
    private final SortedSet<Integer> generations = new TreeSet<>();

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
        return new RequestCostResult(mode, forks, failures, generations);
    }

    private List<Round> fork(int fork) throws IOException, BenchException, InterruptedException {
        String prefix = Figures.label(mode) + ": JVMs " + (fork + 1) + " of " + plan.forks() + ": ";
        Progress.say(prefix + "starting, warming up");
        try (Workplace workplace = new Workplace()) {
            Candidate plain = new Candidate(ServerProcess.plain(workplace, "plain", examplesJar));
            Candidate example = new Candidate(other(workplace));
            // In turn, like what is measured: whoever was asked last is warmer, and the first rounds would show it.
            for (Duration left = plan.warmUp(); left.isPositive(); left = left.minus(plan.slice())) {
                plain.ask(plan.slice());
                example.ask(plan.slice());
            }
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < plan.rounds(); i++) {
                Round round = round(plain, example, (fork + i) % 2 == 0);
                rounds.add(round);
                Progress.say(prefix + "round %d of %d: throughput %s, processor time %s".formatted(i + 1, plan.rounds(),
                        Figures.ratio(round.throughputRatio()), Figures.ratio(round.processorRatio())));
            }
            if (!plan.againstItself()) {
                generations.add(example.server.generation());
            }
            return rounds;
        }
    }

    private ServerProcess other(Workplace workplace) throws IOException, BenchException, InterruptedException {
        if (plan.againstItself()) {
            return ServerProcess.plain(workplace, "plain-too", examplesJar);
        }
        ServerProcess example = ServerProcess.example(workplace, "example", examplesJar);
        return plan.afterUpgrade() ? example.upgraded() : example;
    }

    private Round round(Candidate plain, Candidate example, boolean plainFirst)
            throws IOException, BenchException, InterruptedException {
        plain.begin();
        example.begin();
        for (int i = 0; i < plan.slices(); i++) {
            boolean straight = (i % 2 == 0) == plainFirst;
            (straight ? plain : example).ask(plan.slice());
            (straight ? example : plain).ask(plan.slice());
        }
        return new Round(plain.end(), example.end());
    }

    /// One of the two servers, and what the slices of the current round showed of it.
    private final class Candidate {
        private final ServerProcess server;
        private long answered;
        private Duration elapsed = Duration.ZERO;
        private Duration usedBefore = Duration.ZERO;

        Candidate(ServerProcess server) {
            this.server = server;
        }

        void begin() throws IOException {
            answered = 0;
            elapsed = Duration.ZERO;
            usedBefore = Machine.processorTime(server.pid());
        }

        void ask(Duration duration) throws InterruptedException {
            Slice slice = ClosedLoop.run(server.address(), mode, plan.clients(), duration);
            answered += slice.answered();
            elapsed = elapsed.plus(slice.elapsed());
            failures.addAll(slice.failures());
        }

        /// Over the whole round, so that the kernel's rounding to 10 ms hits once. While it is the other's turn,
        /// this server does next to nothing, and what it does is a cost as well.
        Cost end() throws IOException, BenchException {
            Duration used = Machine.processorTime(server.pid()).minus(usedBefore);
            if (answered == 0 || used.isZero()) {
                throw new BenchException("nothing was answered within a round: "
                        + failures.stream().findFirst().orElse("the slices are too short") + "\n  "
                        + String.join("\n  ", server.lastWords()));
            }
            return new Cost(answered, answered / (elapsed.toNanos() / NANOS_PER_SECOND),
                    used.toNanos() / NANOS_PER_MICRO / answered);
        }
    }
}
