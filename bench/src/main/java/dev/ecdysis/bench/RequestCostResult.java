package dev.ecdysis.bench;

import dev.ecdysis.bench.Ratios.Interval;
import dev.ecdysis.bench.RequestCostCommand.Plan;
import dev.ecdysis.demo.load.Mode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// What a request costs, with the library and without.
///
/// @param forks for each pair of JVMs its rounds
/// @param failures how clients lost requests
/// @param generations which of the example were asked: one, by its own word
record RequestCostResult(Mode mode, List<List<Round>> forks, List<String> failures, Set<Integer> generations) {
    private static final double LEAST = 0.98;
    private static final double MOST = 1.02;

    RequestCostResult {
        forks = forks.stream().map(List::copyOf).toList();
        failures = List.copyOf(failures);
        generations = Set.copyOf(generations);
    }

    /// All slices of a round.
    record Round(Cost plain, Cost example) {
        double throughputRatio() {
            return example.requestsPerSecond() / plain.requestsPerSecond();
        }

        double processorRatio() {
            return example.microsPerRequest() / plain.microsPerRequest();
        }
    }

    /// What the slices of one server showed.
    ///
    /// @param microsPerRequest of the server's processor time
    record Cost(long requests, double requestsPerSecond, double microsPerRequest) {
    }

    int failed() {
        return failures.size();
    }

    Ratios throughput() {
        return ratios(Round::throughputRatio);
    }

    Ratios processorTime() {
        return ratios(Round::processorRatio);
    }

    List<String> lines(Plan plan) {
        List<String> lines = new ArrayList<>();
        long requests = forks.stream().flatMap(List::stream)
                .mapToLong(round -> round.plain().requests() + round.example().requests()).sum();
        lines.add(Figures.label(mode) + ": " + Figures.count(requests) + " requests by " + plan.clients()
                + " clients, " + plan.forks() + " pairs of JVMs, " + plan.rounds() + " rounds of " + plan.slices()
                + " times " + Figures.duration(plan.slice()) + " each"
                + (plan.afterUpgrade() ? "; the example after an upgrade" : "")
                + (plan.againstItself() ? "; the plain server against itself" : ""));
        lines.add("  failed                    " + Figures.count(failed()));
        lines.add("  requests a second         plain "
                + Figures.count(Math.round(median(Round::plain, Cost::requestsPerSecond))) + ", " + plan.other() + " "
                + Figures.count(Math.round(median(Round::example, Cost::requestsPerSecond))));
        lines.add("  throughput ratio          " + inWords(throughput()));
        lines.add("  processor time a request  plain " + Figures.decimal(median(Round::plain, Cost::microsPerRequest))
                + " us, " + plan.other() + " " + Figures.decimal(median(Round::example, Cost::microsPerRequest))
                + " us");
        lines.add("  processor time ratio      " + inWords(processorTime()));
        failures.forEach(failure -> lines.add("  lost: " + failure));
        return lines;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mode", Figures.key(mode));
        json.put("failed", failed());
        json.put("failures", failures);
        json.put("example_generations", generations);
        json.put("throughput_ratio", throughput().json());
        json.put("processor_time_ratio", processorTime().json());
        json.put("rounds", forks);
        return json;
    }

    private static String inWords(Ratios ratios) {
        Interval interval = ratios.interval();
        String goal = "goal: " + LEAST + " to " + MOST + ", ";
        return Figures.ratio(ratios.median()) + "   95 % interval " + Figures.ratio(interval.low()) + " to "
                + Figures.ratio(interval.high()) + "   " + goal
                + (interval.isWithin(LEAST, MOST) ? "met"
                        : interval.isOutside(LEAST, MOST) ? "MISSED" : "undecided: the interval is too wide");
    }

    private double median(Function<Round, Cost> server, ToDoubleFunction<Cost> value) {
        return Ratios.median(forks.stream().flatMap(List::stream).map(server).map(value::applyAsDouble).toList());
    }

    private Ratios ratios(Function<Round, Double> ratio) {
        return new Ratios(forks.stream().map(rounds -> rounds.stream().map(ratio).toList()).toList());
    }
}
