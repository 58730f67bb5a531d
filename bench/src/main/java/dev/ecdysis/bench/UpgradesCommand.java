package dev.ecdysis.bench;

import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `upgrades`
@Command(name = "upgrades",
        description = {"Upgrades the http example again and again under load, and counts what is lost.", ""},
        footerHeading = "%nMethod:%n",
        footer = {
            "The load is open: each request is sent when it is due, whether or not earlier ones were answered, and "
                    + "its latency counts from when it was due. It runs until the requests were due and the "
                    + "upgrades are over, so there may be more requests than asked for. The upgrades are spread "
                    + "evenly over the load; each waits until at most four older generations drain. Two seconds of "
                    + "load before that are not counted.",
            "",
            "Accept pause: from the moment right before the predecessor was told to stop accepting until the successor "
                    + "could accept, as both read the machine's monotonic clock. The predecessor may finish an accept "
                    + "that is under way, so this is as long as new connections wait in the accept queue, or longer.",
            "Trigger to cutover: from when the server's loop sees the request, which came over the control socket, "
                    + "until the predecessor has stopped accepting; the successor's whole start lies in it. The JVM "
                    + "has default settings.",
            "Inside: requests that were due between an upgrade's trigger and its commit. Outside: all others.",
            "Load lag: how late the load itself noticed that a request was due; latency that is not the server's.",
            "",
            "After the load, each of the servers' processes is watched for a second: an idle one that uses more than "
                    + "a fifth of a core gets a warning."})
final class UpgradesCommand implements Callable<Integer> {
    private static final int LOST = 1;
    private static final int UPGRADES_AT_MOST = 10_000;
    private static final long REQUESTS_AT_MOST = 10_000_000;
    private static final int RATE_AT_MOST = 50_000;

    private final PrintWriter out;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--upgrades", paramLabel = "N", defaultValue = "40",
            description = "How many, for each mode. Default: ${DEFAULT-VALUE}.")
    private int upgrades = 40;

    @Option(names = "--requests", paramLabel = "N", defaultValue = "200000",
            description = "How many at least, for each mode. Default: ${DEFAULT-VALUE}.")
    private long requests = 200_000;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "1000",
            description = "Requests a second. Default: ${DEFAULT-VALUE}.")
    private int rate = 1000;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    UpgradesCommand(PrintWriter out) {
        this.out = out;
    }

    /// @param rate requests a second
    record Plan(int upgrades, long requests, int rate) {
    }

    @Override
    public Integer call() throws IOException, BenchException, InterruptedException {
        check(upgrades >= 1 && upgrades <= UPGRADES_AT_MOST, "--upgrades must be 1 to " + UPGRADES_AT_MOST);
        check(requests >= 1 && requests <= REQUESTS_AT_MOST, "--requests must be 1 to " + REQUESTS_AT_MOST);
        check(rate >= 1 && rate <= RATE_AT_MOST, "--rate must be 1 to " + RATE_AT_MOST);
        Plan plan = new Plan(upgrades, requests, rate);
        check(requests / rate < UpgradesRun.LOAD_AT_MOST.toSeconds() / 2, "that many requests take more than "
                + UpgradesRun.LOAD_AT_MOST.toMinutes() / 2 + " minutes; raise --rate");
        Noise.Watch watch = Noise.begin();
        List<UpgradesResult> results = new ArrayList<>();
        for (Mode mode : common.modes()) {
            results.add(new UpgradesRun(plan, common.examplesJar(), mode).carryOut());
        }
        print(plan, results, watch.end());
        return results.stream().allMatch(result -> result.isClean(requests)) ? 0 : LOST;
    }

    private void print(Plan plan, List<UpgradesResult> results, Noise noise) {
        if (common.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("rate", plan.rate());
            json.put("runs", results.stream().map(UpgradesText::json).toList());
            json.put("machine", noise.json());
            out.println(Figures.json(json));
            return;
        }
        for (UpgradesResult result : results) {
            UpgradesText.lines(plan, result).forEach(out::println);
            out.println();
        }
        noise.lines().forEach(out::println);
    }

    private void check(boolean holds, String otherwise) {
        CommandSpec command = spec;
        if (!holds && command != null) {
            throw new ParameterException(command.commandLine(), otherwise);
        }
    }
}
