package dev.ecdysis.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `ecdysis demo`
@Command(name = "demo", description = {
    "Upgrades a server several times under load and shows that no request is lost; then stops and starts "
            + "it under the same load, for contrast.",
    ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:no upgrade lost anything; contrast and plot do not count",
            "1:an upgrade lost a request or failed, or the server was lost", "2:usage error"})
final class DemoCommand implements Callable<Integer> {
    private static final int LOST = 1;

    private final Screen out;
    private final Screen err;
    private final DemoServer.Factory servers;
    private final Duration warmUp;

    @Spec
    private @Nullable CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--duration", paramLabel = "DURATION", converter = Seconds.class,
            description = "How long the load lasts, each way, such as 15s or 2m. Default: 15s.")
    private Duration duration = DemoOptions.DURATION;

    @Option(names = "--rate", paramLabel = "N",
            description = "Requests a second, half over new connections and half "
                    + "over kept ones. Default: ${DEFAULT-VALUE}.")
    private int rate = DemoOptions.RATE;

    @Option(names = "--upgrades", paramLabel = "N", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int upgrades = DemoOptions.UPGRADES;

    @Option(names = "--no-contrast", description = "Leave out stop and start.")
    private boolean noContrast;

    @Option(names = "--bad-build",
            description = "Every new version but the last crashes as it initialises; without "
                    + "contrast.")
    private boolean badBuild;

    @Option(names = "--report", paramLabel = "FILE",
            description = "Where to write the plot, as HTML. Default: a new file in the temporary folder.")
    private @Nullable Path report;

    @Option(names = "--json",
            description = "Print exactly one JSON object on standard output and nothing else; "
                    + "progress goes to standard error.")
    private boolean json;

    DemoCommand(Screen out, Screen err, DemoServer.Factory servers, Duration warmUp) {
        this.out = out;
        this.err = err;
        this.servers = servers;
        this.warmUp = warmUp;
    }

    @Override
    public Integer call() throws InterruptedException {
        DemoOptions options = options();
        Screen progress = json ? err : out;
        try (Display display = new Display(progress)) {
            checkReport(options);
            Demo.Result result = new Demo(options, servers, display).carryOut();
            display.end();
            print(result, plot(options, result));
            result.upgrade().problem().ifPresent(why -> warn("the upgrades could not be completed: " + why));
            result.contrastProblem().ifPresent(why -> warn("the contrast could not be completed: " + why));
            return result.upgrade().isClean() ? 0 : LOST;
        } catch (DemoException | IOException e) {
            String message = DemoException.message(e);
            warn(message);
            if (json) {
                out.writer().println(JsonReport.write(Map.of("error", message)));
                out.writer().flush();
            }
            return LOST;
        }
    }

    /// An account that was so long in the making is shown with or without its plot.
    ///
    /// @return where the plot is; null when it could not be written
    private @Nullable Path plot(DemoOptions options, Demo.Result result) {
        try {
            Path file = reportFile(options);
            HtmlReport.write(file, options, result);
            return file;
        } catch (IOException e) {
            warn("the plot could not be written: " + DemoException.message(e) + " ("
                    + e.getClass().getSimpleName() + ")");
            return null;
        }
    }

    private void print(Demo.Result result, @Nullable Path plot) {
        if (json) {
            out.writer().println(JsonReport.write(JsonReport.of(result, plot)));
        } else {
            new Ledger(out).print(result);
            if (plot != null) {
                out.writer().println("plot: " + plot);
            }
        }
        out.writer().flush();
    }

    /// With a server's last words it is more than one line.
    private void warn(String problem) {
        ("ecdysis: " + problem).lines()
                .forEach(line -> err.writer().println(err.red(Numbers.printable(line))));
        err.writer().flush();
    }

    private DemoOptions options() {
        try {
            return new DemoOptions(warmUp, duration, rate, upgrades, !noContrast && !badBuild, badBuild,
                    Optional.ofNullable(report));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(requireSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Path reportFile(DemoOptions options) throws IOException {
        return options.report().isPresent() ? options.report().get().toAbsolutePath()
                : Files.createTempFile("ecdysis-demo-", ".html");
    }

    /// That the file cannot be written should not be learnt half a minute later.
    private void checkReport(DemoOptions options) {
        try {
            if (options.report().isPresent()) {
                Files.writeString(options.report().get(), "");
            }
        } catch (IOException e) {
            throw new ParameterException(requireSpec().commandLine(),
                    "cannot write the report: " + e.getMessage()
                            + " (" + e.getClass().getSimpleName() + "); give another --report FILE",
                    e);
        }
    }

    private CommandSpec requireSpec() {
        CommandSpec injected = spec;
        if (injected == null) {
            throw new IllegalStateException("picocli has not set the specification");
        }
        return injected;
    }

    /// Reads `15s`, `2m` or `500ms`.
    static final class Seconds implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,7})(ms|s|m)");

        @Override
        public Duration convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + value + "' is not a duration such as 500ms, 15s or 2m");
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }
    }
}
