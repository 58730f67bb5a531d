package dev.ecdysis.bench;

import dev.ecdysis.demo.load.Mode;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Options of the commands that start servers.
final class CommonOptions {
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--mode", paramLabel = "new|keep-alive|both", converter = Modes.class, defaultValue = "both",
            description = "A connection for each request, connections that are kept, or first the one and then the "
                    + "other. Default: ${DEFAULT-VALUE}.")
    private Choice modes = new Choice(List.of(Mode.values()));

    @Option(names = "--examples-jar", paramLabel = "PATH",
            description = "The jar of the http example. Default: where the build puts it.")
    private @Nullable Path examplesJar;

    @Option(names = "--json", description = "Print exactly one JSON object on standard output.")
    private boolean json;

    List<Mode> modes() {
        return modes.modes();
    }

    boolean isJson() {
        return json;
    }

    Path examplesJar() throws BenchException {
        Path given = examplesJar;
        Path jar = given != null ? given.toAbsolutePath()
                : ownJar().resolveSibling("../../examples/target/ecdysis-examples.jar").normalize();
        if (!Files.isReadable(jar)) {
            throw new BenchException("the http example is missing: " + jar
                    + "; build it with 'mvn package -DskipTests', or give --examples-jar PATH");
        }
        return jar;
    }

    /// The jar that this program runs from.
    static Path ownJar() throws BenchException {
        try {
            return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new BenchException("cannot tell where this program is: " + e.getMessage());
        }
    }

    /// Not a list: picocli would let the option be repeated.
    record Choice(List<Mode> modes) {
        Choice {
            modes = List.copyOf(modes);
        }
    }

    /// Reads `new`, `keep-alive` or `both`.
    static final class Modes implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String value) {
            return switch (value) {
                case "new" -> new Choice(List.of(Mode.NEW_CONNECTION));
                case "keep-alive" -> new Choice(List.of(Mode.KEEP_ALIVE));
                case "both" -> new Choice(List.of(Mode.NEW_CONNECTION, Mode.KEEP_ALIVE));
                default -> throw new TypeConversionException("'" + value + "' is not new, keep-alive or both");
            };
        }
    }

    /// Reads `500ms`, `2s` or `1m`; more than 0.
    static final class Seconds implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})(ms|s|m)");

        @Override
        public Duration convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is not a duration such as 500ms, 2s or 1m");
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
