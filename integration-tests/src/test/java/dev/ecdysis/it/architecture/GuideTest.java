package dev.ecdysis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The operating guide says what the code says.
class GuideTest {
    /// A text in the code goes on in the next line.
    private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern MESSAGE = Pattern.compile("^\\| `([^`]+)` \\|.*", Pattern.MULTILINE);
    private static final Pattern LIMIT = Pattern.compile("^\\| `(\\w+)` \\| (\\d+)( s)? \\|.*", Pattern.MULTILINE);

    private static String guide(String from) throws IOException {
        String guide = Files.readString(Repository.ROOT.resolve("docs/operating.md"));
        int start = guide.indexOf("\n## " + from + "\n");
        assertThat(start).as("the section " + from).isNotNegative();
        int end = guide.indexOf("\n## ", start + 1);
        return guide.substring(start, end < 0 ? guide.length() : end);
    }

    private static String sources() throws IOException {
        return Repository.texts(".java").entrySet().stream()
                .filter(source -> source.getKey().toString().contains("src/main"))
                .map(source -> JOINT.matcher(source.getValue()).replaceAll("")).collect(Collectors.joining("\n"));
    }

    @Test
    void messagesAreThoseOfTheProgram() throws IOException {
        String sources = sources();
        List<String> unknown = new ArrayList<>();
        int messages = 0;
        for (Matcher row = MESSAGE.matcher(guide("Troubleshooting")); row.find(); messages++) {
            for (String part : row.group(1).split("\\.\\.\\.", -1)) {
                if (!sources.contains(part)) {
                    unknown.add(row.group(1) + ": there is no '" + part + "'");
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(messages).isGreaterThan(20);
    }

    @Test
    void timeLimitsAreThoseOfTheBuilder() throws IOException {
        String builder = Files.readString(
                Repository.ROOT.resolve("core/src/main/java/dev/ecdysis/internal/engine/EngineBuilder.java"));
        int limits = 0;
        for (Matcher row = LIMIT.matcher(guide("Time limits")); row.find(); limits++) {
            String value = row.group(3) == null ? row.group(2)
                    : "Duration.ofSeconds(" + row.group(2) + ")";
            assertThat(builder).contains(" " + row.group(1) + " = " + value + ";");
        }
        assertThat(limits).isEqualTo(8);
    }
}
