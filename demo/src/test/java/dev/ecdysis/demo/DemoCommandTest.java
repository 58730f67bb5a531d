package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.FakeServer.Flaw;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
        int status = run(() -> new FakeServer(Flaw.LOSES), "--no-contrast", "--duration", "1s", "--rate", "200",
                "--upgrades", "1",
                "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).contains("refused").contains("lost at ").contains("The upgrades lost ")
                .endsWith("plot: " + folder.resolve("plot.html") + "\n").doesNotContain("\033");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void anUpgradeThatFailsAndLosesNothingEndsWithOneAllTheSame() {
        int status = run(() -> new FakeServer(Flaw.REFUSES), "--no-contrast", "--duration", "1s", "--rate", "200",
                "--upgrades", "1", "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).containsPattern("failed +0\n").containsPattern("replaced +0 of 1\n")
                .contains("refused: not today")
                .containsPattern("The upgrades lost 0 of [\\d,]+ requests; 1 of 1 came ");
    }

    @Test
    void whatWasCountedBeforeTheServerWasLostIsShown() {
        int status = run(() -> new FakeServer(Flaw.DIES), "--duration", "1s", "--rate", "200", "--upgrades", "1",
                "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(out.toString()).containsPattern("requests +[1-9]").containsPattern("failed +[1-9]")
                .contains(", cut short", "lost at ", ", and the run ended early.", "plot: ")
                .doesNotContain("stop, then start");
        assertThat(err.toString()).contains("ecdysis: the upgrades could not be completed: it ended; its last words:",
                "Killed");
    }

    @Test
    void aServerThatIsLostBetweenUpgradesIsInTheJson() {
        int status = run(() -> new FakeServer(Flaw.DIES_LATER), "--duration", "1s", "--rate", "200", "--upgrades", "1",
                "--json", "--report", folder.resolve("plot.html").toString());
        assertThat(status).isEqualTo(1);
        assertThat(json().get("requests").asLong()).isPositive();
        assertThat(json().get("failed").asLong()).isPositive();
        assertThat(json().get("upgrades").asLong()).isEqualTo(1);
        assertThat(json().get("error").asString()).isEqualTo("it ended; its last words:\n  Killed");
        assertThat(json().has("contrast")).isFalse();
    }

    @Test
    void aContrastThatIsCutShortHidesNothing() {
        int status = run(() -> new FakeServer(Flaw.STARTS_ONCE), "--duration", "1s", "--rate", "200", "--upgrades",
                "1", "--report", folder.resolve("plot.html").toString());
        assertThat(status).as(err.toString()).isZero();
        assertThat(out.toString()).containsPattern("replaced +1 of 1 +0 of 0, cut short\n")
                .contains("No request was lost by the upgrades.", "plot: ");
        assertThat(err.toString()).contains("ecdysis: the contrast could not be completed: it ended as it started",
                "port?[2J in use");
    }

    @Test
    void aContrastThatCannotBeginHidesNothing() {
        AtomicInteger servers = new AtomicInteger();
        int status = run(() -> {
            if (servers.incrementAndGet() > 1) {
                throw new IOException("no room");
            }
            return FakeServer.perfect();
        }, "--duration", "1s", "--rate", "200", "--upgrades", "1", "--json", "--report",
                folder.resolve("plot.html").toString());
        assertThat(status).isZero();
        assertThat(json().get("requests").asLong()).isPositive();
        assertThat(json().get("failed").asLong()).isZero();
        assertThat(json().has("error")).isFalse();
        assertThat(json().get("contrast").toString()).isEqualTo("{\"error\":\"no room\"}");
        assertThat(err.toString()).contains("ecdysis: the contrast could not be completed: no room");
    }

    @Test
    void aPlotThatCannotBeWrittenHidesNothing() {
        Path plot = folder.resolve("plot.html");
        int status = run(() -> {
            // A folder has come into its place since it was tried out.
            Files.delete(plot);
            Files.createDirectory(plot);
            return FakeServer.perfect();
        }, "--no-contrast", "--duration", "1s", "--rate", "200", "--upgrades", "1", "--report", plot.toString());
        assertThat(status).isZero();
        assertThat(out.toString()).contains("No request was lost by the upgrades.").doesNotContain("plot: ");
        assertThat(err.toString()).contains("ecdysis: the plot could not be written: " + plot);
    }

    /// Standard output, which must be one line of JSON.
    private JsonNode json() {
        assertThat(out.toString().lines()).hasSize(1);
        return JsonMapper.shared().readTree(out.toString());
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
        DemoCommand demo = new DemoCommand(screen(outWriter), screen(errWriter), servers, Duration.ofMillis(200));
        String[] all = new String[arguments.length + 1];
        all[0] = "demo";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.commandLine(outWriter, errWriter, demo).execute(all);
    }

    private static Screen screen(PrintWriter writer) {
        return Screen.of(writer, false, StandardCharsets.UTF_8, Map.of(), () -> 80);
    }
}
