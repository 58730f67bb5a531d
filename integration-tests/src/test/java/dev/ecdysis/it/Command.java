package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A command that was started as from a shell.
///
/// @param process whose streams go into files: nobody has to read them for it to go on
record Command(Process process, Path outFile, Path errFile) {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    /// What a command left behind.
    record Ended(int status, String out, String err) {
        Ended assertStatus(int expected) {
            assertThat(status).as("exit status; stdout: %s; stderr: %s", out, err).isEqualTo(expected);
            return this;
        }

        /// Standard output, which must be exactly one JSON object on one line.
        JsonNode json() {
            assertThat(out.lines()).hasSize(1);
            return indentedJson();
        }

        /// The same over any number of lines.
        JsonNode indentedJson() {
            assertThat(out).endsWith("\n");
            JsonNode node = STRICT.readTree(out);
            assertThat(node.isObject()).isTrue();
            return node;
        }
    }

    /// What it prints on standard output, while it runs.
    Output out() {
        return new Output(outFile);
    }

    /// The same of standard error.
    Output err() {
        return new Output(errFile);
    }

    Ended end() throws IOException, InterruptedException {
        long limit = Await.LIMIT.toSeconds();
        assertThat(process.waitFor(limit, TimeUnit.SECONDS)).as("ended within %d s; stderr: %s", limit,
                Files.readString(errFile)).isTrue();
        return new Ended(process.exitValue(), Files.readString(outFile), Files.readString(errFile));
    }

    /// Waits for the end, which must be with this status.
    Ended end(int status) throws IOException, InterruptedException {
        return end().assertStatus(status);
    }
}
