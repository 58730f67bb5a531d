package dev.ecdysis.bench;

import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `request-cost`
@Command(name = "request-cost",
        description = {"Compares the http example with the same server on a plain ServerSocketChannel, outside "
                + "upgrades.",
            ""},
        footerHeading = "%nMethod:%n",
        footer = {
            "Two JVMs of default settings serve the same classes from the same jar: one is the http example with a "
                    + "control socket, the other has a loop around ServerSocketChannel.accept() and starts a virtual "
                    + "thread for each connection. A fixed number of clients ask as fast as they are answered, one "
                    + "server at a time, in short slices that alternate, each pair in the other order than the one "
                    + "before. So what else the machine does hits both alike. A round is some such pairs.",
            "",
            "Each round gives a ratio, the example's divided by the plain server's. The figure is their median, with "
                    + "a 95 %% interval by a bootstrap that draws pairs of JVMs first and their rounds then: a JVM "
                    + "keeps the luck that its compiler had, so more --forks help where more --rounds do not.",
            "Throughput: requests a second; above 1 the example is faster. The clients are on the same cores, so it "
                    + "is the cost of client and server together.",
            "Processor time: the server process's own, per request, user and system, from /proc/PID/stat; above 1 "
                    + "the example needs more. The clients are not in it, but how often threads have to be woken "
                    + "is, and so is who else is busy.",
            "",
            "--after-upgrade has the example upgraded once before it is asked: then a successor is measured, which got "
                    + "its sockets from another process, as all but the first generation of a server did.",
            "",
            "--against-itself compares the plain server with itself: how far from 1 that is, and how wide its "
                    + "interval, is the noise of the method on this machine."})
final class RequestCostCommand implements Callable<Integer> {
    private static final int LOST = 1;
    private static final int MANY = 1000;

    private final PrintWriter out;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "6",
            description = "Rounds with each pair of JVMs. Default: ${DEFAULT-VALUE}.")
    private int rounds = 6;

    @Option(names = "--forks", paramLabel = "N", defaultValue = "5",
            description = "How many pairs of JVMs. Default: ${DEFAULT-VALUE}.")
    private int forks = 5;

    @Option(names = "--slice", paramLabel = "DURATION", converter = CommonOptions.Seconds.class, defaultValue = "100ms",
            description = "How long each server is asked before it is the other's turn. Default: ${DEFAULT-VALUE}.")
    private Duration slice = Duration.ofMillis(100);

    @Option(names = "--slices", paramLabel = "N", defaultValue = "20",
            description = "How many of each server make a round. Default: ${DEFAULT-VALUE}.")
    private int slices = 20;

    @Option(names = "--warm-up", paramLabel = "DURATION", converter = CommonOptions.Seconds.class,
            defaultValue = "8s",
            description = "How long each server is asked before that, in the same slices. Default: ${DEFAULT-VALUE}.")
    private Duration warmUp = Duration.ofSeconds(8);

    @Option(names = "--clients", paramLabel = "N", defaultValue = "8",
            description = "How many ask at the same time. Default: ${DEFAULT-VALUE}.")
    private int clients = 8;

    @Option(names = "--after-upgrade", description = "Upgrade the example before it is warmed up and asked.")
    private boolean afterUpgrade;

    @Option(names = "--against-itself", description = "Compare the plain server with itself.")
    private boolean againstItself;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    RequestCostCommand(PrintWriter out) {
        this.out = out;
    }

    /// @param rounds with each pair of JVMs
    /// @param forks how many pairs
    /// @param slices of each server in each round
    /// @param afterUpgrade whether it is the example's second generation that is asked
    record Plan(int rounds, int forks, int slices, Duration slice, Duration warmUp, int clients,
            boolean afterUpgrade, boolean againstItself) {
        /// What the second server is called.
        String other() {
            return againstItself ? "plain too" : "example";
        }
    }

    @Override
    public Integer call() throws IOException, BenchException, InterruptedException {
        check("--rounds", rounds);
        check("--forks", forks);
        check("--slices", slices);
        check("--clients", clients);
        if (afterUpgrade && againstItself) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
                    "--against-itself has no example that --after-upgrade could upgrade; leave one out");
        }
        Plan plan = new Plan(rounds, forks, slices, slice, warmUp, clients, afterUpgrade,
                againstItself);
        Noise.Watch watch = Noise.begin();
        List<RequestCostResult> results = new ArrayList<>();
        for (Mode mode : common.modes()) {
            results.add(new RequestCostRun(plan, common.examplesJar(), mode).carryOut());
        }
        print(plan, results, watch.end());
        return results.stream().allMatch(result -> result.failed() == 0) ? 0 : LOST;
    }

    private void print(Plan plan, List<RequestCostResult> results, Noise noise) {
        if (common.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("rounds", plan.rounds());
            json.put("forks", plan.forks());
            json.put("clients", plan.clients());
            json.put("after_upgrade", plan.afterUpgrade());
            json.put("against_itself", plan.againstItself());
            json.put("runs", results.stream().map(RequestCostResult::json).toList());
            json.put("machine", noise.json());
            out.println(Figures.json(json));
            return;
        }
        for (RequestCostResult result : results) {
            result.lines(plan).forEach(out::println);
            out.println();
        }
        noise.lines().forEach(out::println);
    }

    private void check(String option, int value) {
        CommandSpec command = spec;
        if ((value < 1 || value > MANY) && command != null) {
            throw new ParameterException(command.commandLine(), option + " must be 1 to " + MANY);
        }
    }
}
