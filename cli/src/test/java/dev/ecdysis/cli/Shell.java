package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.status.Check;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs commands as a shell would, against a [FakeServer].
final class Shell {
    /// What an escape sequence or anything else that is not plain text begins with; a line feed is fine.
    static final String CONTROL_CHARACTERS = "(?s).*[\\p{Cntrl}\\u0080-\\u009f\\u202a-\\u202e&&[^\\n]].*";

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    final FakeServer server = new FakeServer();
    final Map<String, String> environment = new HashMap<>();
    final List<Runnable> interruptions = new ArrayList<>();
    Supplier<List<Check>> machineChecks = () -> List.of(Check.pass("kernel", "Linux 6.12"));
    boolean outIsTerminal;
    boolean errIsTerminal;
    boolean debug;

    /// What a command left behind.
    record Ended(int status, String out, String err) {
        /// Standard output, which must be exactly one JSON object on one line.
        JsonNode json() {
            assertThat(out).endsWith(System.lineSeparator());
            assertThat(out.lines()).hasSize(1);
            JsonNode node = STRICT.readTree(out);
            assertThat(node.isObject()).isTrue();
            return node;
        }
    }

    Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.commandLine(surroundings(out, err)).execute(arguments);
        return new Ended(status, out.toString(), err.toString());
    }

    Surroundings surroundings(StringWriter out, StringWriter err) {
        return new Surroundings(
                Screen.of(new PrintWriter(out), outIsTerminal, environment, () -> Terminal.COLUMNS_USUAL),
                Screen.of(new PrintWriter(err), errIsTerminal, environment, () -> Terminal.COLUMNS_USUAL), environment,
                server,
                machineChecks,
                action -> {
                    interruptions.add(action);
                    return () -> interruptions.remove(action);
                }, () -> 0L, debug);
    }
}
