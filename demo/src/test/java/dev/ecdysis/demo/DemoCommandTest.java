package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
@Timeout(60)
final class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "--rate 0            | --rate must be between 1 and 10000",
        "--rate many         | 'many' is not an int",
        "--duration 15       | '15' is not a duration such as 500ms, 15s or 2m",
        "--duration 500ms    | --duration must be between 1s and 30m",
        "--upgrades 0        | --upgrades must be between 1 and 100",
        "--duration 30m --rate 9000 | must not be more than 3000000 requests",
        "--bad-build --upgrades 1   | --bad-build needs --upgrades 2 or more",
        "--report /nowhere/x.html   | cannot write the report: /nowhere/x.html",
        "--nonsense          | --nonsense"})
    void whatMakesNoSenseIsSaid(String arguments, String message) {
        int status = run(() -> {
            throw new AssertionError("nothing may be started");
        }, arguments.split(" ", -1));
        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void jsonIsAllThatStandardOutputGets() throws Exception {
        Path plot = folder.resolve("plot.html");
        int status = run(FakeServer::perfect, "--json", "--duration", "1s", "--rate", "200", "--upgrades",
                "2",
                "--report", plot.toString());
        assertThat(status).as(err.toString()).isZero();
        assertThat(out.toString().lines()).hasSize(1);
        JsonNode json = JsonMapper.shared().readTree(out.toString());
        assertThat(json.get("requests").isNumber()).isTrue();
        assertThat(json.get("requests").asLong()).isBetween(190L, 300L);
        assertThat(json.get("failed").asLong()).isZero();
        assertThat(json.get("failed_by_kind").isEmpty()).isTrue();
        assertThat(json.get("upgrades").asInt()).isEqualTo(2);
        assertThat(json.get("answered_by_generation").propertyNames()).containsExactly("0", "1", "2");
        assertThat(json.get("contrast").get("requests").asLong()).isGreaterThan(150);
        assertThat(json.get("plot").asString()).isEqualTo(plot.toString());
        assertThat(Files.readString(plot)).startsWith("<!DOCTYPE html>").doesNotContain("{{");
        assertThat(err.toString()).contains("upgrade 2 of 2: committed: generation 2")
                .contains("stop, then start 2 of 2: started anew");
    }

    @Test
    void aLossIsShownAndEndsWithOne() {
        int status = run(FakeServer::losing, "--no-contrast", "--duration", "1s", "--rate", "200",
                "--upgrades", "1",
                "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).contains("refused").contains("lost at ").contains("The upgrades lost ")
                .doesNotContain("\033");
    }

    @Test
    void aBadBuildLosesNothing() {
        int status = run(FakeServer::perfect, "--bad-build", "--duration", "1s", "--rate", "200",
                "--upgrades", "3",
                "--report", folder.resolve("plot.html").toString());
        assertThat(status).as(out + "\n" + err).isZero();
        assertThat(out.toString()).containsPattern("bad builds turned away +2\n")
                .containsPattern("replaced +1 of 3\n")
                .contains("turned away while initialising: the new process ended (exit status 3)")
                .contains("boom?[2J").contains("No request was lost").doesNotContain("stop, then start");
    }

    @Test
    void aServerThatDoesNotStartIsAFailure() {
        int status = run(() -> {
            throw new DemoException("the http example is missing");
        }, "--json", "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("ecdysis: the http example is missing");
        assertThat(JsonMapper.shared().readTree(out.toString()).get("error").asString())
                .contains("is missing");
    }

    private int run(DemoServer.Factory servers, String... arguments) {
        PrintWriter outWriter = new PrintWriter(out, true);
        PrintWriter errWriter = new PrintWriter(err, true);
        DemoCommand demo = new DemoCommand(screen(outWriter), screen(errWriter), servers);
        String[] all = new String[arguments.length + 1];
        all[0] = "demo";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.commandLine(outWriter, errWriter, demo).execute(all);
    }

    private static Screen screen(PrintWriter writer) {
        return Screen.of(writer, false, StandardCharsets.UTF_8, Map.of());
    }
}
