package dev.ecdysis.bench;

import dev.ecdysis.bench.micro.CodecBenchmark;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `micro`
@Command(name = "micro",
        description = {"Micro-benchmarks of the library's parts, by JMH.", ""},
        footerHeading = "%nMethod:%n",
        footer = {
            "Average time of one operation, over the iterations of all forks; the error is half of JMH's 99.9 %% "
                    + "confidence interval.",
            "Codec and handover run a few times in each upgrade. LiveConnections runs once for each connection, and "
                    + "nothing of this runs for each request. posix is one system call through the Foreign Function "
                    + "& Memory API, which start and upgrade make a few dozen of."})
final class MicroCommand implements Callable<Integer> {
    private static final String PACKAGE = CodecBenchmark.class.getPackageName() + ".";
    private static final int FAILED = 1;
    private static final int MANY = 100;

    private final PrintWriter out;

    @Spec
    private @Nullable CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Parameters(arity = "0..1", paramLabel = "[NAME]", description = "Only those with this in their names.")
    private String name = "";

    @Option(names = "--forks", paramLabel = "N", defaultValue = "2",
            description = "JVMs for each. Default: ${DEFAULT-VALUE}.")
    private int forks = 2;

    @Option(names = "--iterations", paramLabel = "N", defaultValue = "5",
            description = "Of a second each, after as many for warming up. Default: ${DEFAULT-VALUE}.")
    private int iterations = 5;

    @Option(names = "--json", description = "Print exactly one JSON object on standard output.")
    private boolean json;

    MicroCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check("--forks", forks);
        check("--iterations", iterations);
        Noise.Watch watch = Noise.begin();
        Collection<RunResult> results;
        PrintStream progress = System.err;
        try {
            // JMH's own report is progress here: standard output is for the figures.
            results = new Runner(options(), OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL))
                    .run();
        } catch (NoBenchmarksException e) {
            throw usage("no benchmark has '" + name + "' in its name");
        } catch (RunnerException e) {
            progress.println("ecdysis-bench: " + e.getMessage());
            return FAILED;
        }
        print(results.stream().map(Score::of).toList(), watch.end());
        return 0;
    }

    private Options options() {
        return new OptionsBuilder()
                .include(Pattern.quote(PACKAGE) + ".*" + Pattern.quote(name) + ".*")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(forks)
                .warmupIterations(iterations)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                // What the manifest of a user's jar allows; and JMH 1.37 uses what the JDK warns about.
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                .shouldFailOnError(true)
                .build();
    }

    private void print(List<Score> scores, Noise noise) {
        if (json) {
            Map<String, Object> benchmarks = new LinkedHashMap<>();
            scores.forEach(score -> benchmarks.put(score.name(), score.json()));
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("benchmarks", benchmarks);
            all.put("machine", noise.json());
            out.println(Figures.json(all));
            return;
        }
        scores.forEach(out::println);
        out.println();
        noise.lines().forEach(out::println);
    }

    /// What one benchmark showed.
    ///
    /// @param error not a number when there were too few iterations
    private record Score(String name, double nanos, double error) {
        static Score of(RunResult result) {
            return new Score(result.getParams().getBenchmark().substring(PACKAGE.length()),
                    result.getPrimaryResult().getScore(), result.getPrimaryResult().getScoreError());
        }

        Map<String, Object> json() {
            return Double.isNaN(error) ? Map.of("nanoseconds", nanos)
                    : Map.of("nanoseconds", nanos, "error", error);
        }

        @Override
        public String toString() {
            String line = String.format(Locale.ROOT, "%-52s %,10.1f ns", name, nanos);
            return Double.isNaN(error) ? line : line + String.format(Locale.ROOT, " +- %,.1f", error);
        }
    }

    private void check(String option, int value) {
        if (value < 1 || value > MANY) {
            throw usage(option + " must be 1 to " + MANY);
        }
    }

    private ParameterException usage(String message) {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("picocli has not set the specification");
        }
        return new ParameterException(command.commandLine(), message);
    }
}
