package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the operating guide says of the command line is what the command line says of itself.
class GuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "operating.md");
    private static final Pattern EXIT_CODE = Pattern.compile("^\\| (\\d) \\| ([^|]+) \\|", Pattern.MULTILINE);
    /// A command up to the end of its options, in a line or in a code span.
    private static final Pattern COMMAND = Pattern
            .compile("ecdysis (upgrade|status|stop|doctor)((?: (?!-- )[\\w./-]+)*)");
    private static final Pattern OPTION = Pattern.compile("(?<= )--[a-z-]+");
    private static final Pattern OPTION_ALONE = Pattern.compile("`(--[a-z-]+)(?: \\w+)?`");

    private final Shell shell = new Shell();

    @Test
    void exitCodesMeanWhatTheyMean() throws IOException {
        Map<String, String> said = new HashMap<>();
        String guide = Files.readString(GUIDE);
        int table = guide.indexOf("| exit code | means |");
        for (Matcher row = EXIT_CODE.matcher(guide.substring(table, guide.indexOf("\n\n", table))); row.find();) {
            said.put(row.group(1), row.group(2).strip());
        }
        assertThat(said).isEqualTo(ExitCode.meanings());
    }

    @Test
    void optionsAreThere() throws IOException {
        String guide = Files.readString(GUIDE);
        int options = 0;
        for (MatchResult command : COMMAND.matcher(guide).results().toList()) {
            String help = shell.run(command.group(1), "--help").out();
            for (MatchResult option : OPTION.matcher(command.group(2)).results().toList()) {
                assertThat(help).as(command.group()).containsPattern(option.group() + "[=\\s]");
                options++;
            }
        }
        assertThat(options).isGreaterThan(4);
        String upgrade = shell.run("upgrade", "--help").out();
        assertThat(OPTION_ALONE.matcher(guide).results().map(option -> option.group(1)))
                .contains("--wait-drain", "--json").allSatisfy(option -> assertThat(upgrade).contains(option));
    }
}
