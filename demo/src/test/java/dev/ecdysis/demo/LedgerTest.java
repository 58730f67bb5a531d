package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.Change.Outcome;
import dev.ecdysis.demo.load.FailureKind;
import dev.ecdysis.demo.load.LoadReport;
import dev.ecdysis.demo.load.MadeUp;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class LedgerTest {
    private static final DemoOptions OPTIONS = new DemoOptions(DemoOptions.WARM_UP, Duration.ofSeconds(3), 100, 1, true,
            false,
            Optional.empty());

    @Test
    void waysStandSideBySide() {
        StringWriter text = new StringWriter();
        Screen screen = Screen.of(new PrintWriter(text, true), true, StandardCharsets.UTF_8,
                Map.of("TERM", "xterm", "NO_COLOR", "1"), () -> 60);
        new Ledger(screen).print(result());
        assertThat(text.toString()).containsPattern(" +upgrade +stop, then start\n")
                .containsPattern("requests +100 +100\n").containsPattern("failed +0 +100\n")
                .containsPattern(" {2}refused +0 +100\n")
                .containsPattern("trigger to cutover, median +912 ms +-\n")
                .containsPattern("nobody accepting, median +93 us +400 ms\n")
                .contains("^ = replaced").contains("xxxx").endsWith("No request was lost by the upgrades.\n")
                .doesNotContain("\033");
        assertThat(text.toString().lines().filter(line -> line.matches(" {2}[▁-█x ]+")))
                .isNotEmpty().allMatch(bars -> bars.length() < 60);
    }

    @Test
    void whatWaitedForAReplacementStandsApart() {
        assertThat(Ledger.rows(result()).stream().map(row -> row.text().replaceAll(" +", " "))).containsSubsequence(
                "latency while being replaced, ms", " p50 50.0 -", " max 50.0 -", "latency otherwise, ms",
                " p50 1.00 -",
                " max 1.00 -");

        JsonNode latency = JsonMapper.shared().readTree(JsonReport.write(JsonReport.of(result(), Path.of("plot"))))
                .get("latency_ms");
        assertThat(latency.get("inside").get("count").intValue()).isEqualTo(10);
        assertThat(latency.get("inside").get("p50").doubleValue()).isBetween(49.9, 50.1);
        assertThat(latency.get("outside").get("count").intValue()).isEqualTo(90);
        assertThat(latency.get("outside").get("max").doubleValue()).isBetween(0.99, 1.01);
    }

    @Test
    void whatWasLostIsInTheJsonByItsKind() {
        LoadReport load = new MadeUp().answered(5, Duration.ZERO, Duration.ofMillis(1))
                .lost(Duration.ZERO, FailureKind.RESET).lost(Duration.ZERO, FailureKind.EARLY_EOF)
                .lost(Duration.ZERO, FailureKind.RESET).report(Duration.ofSeconds(1));
        JsonNode json = JsonMapper.shared().readTree(JsonReport.write(JsonReport.of(new Demo.Result(
                new RunResult("upgrade", load, List.of(), Optional.empty()), Optional.empty(), Optional.empty()),
                null)));
        assertThat(json.get("failed_by_kind").toString()).isEqualTo("{\"reset\":2,\"early_eof\":1}");
        assertThat(json.get("requests").intValue()).isEqualTo(8);
        assertThat(json.get("plot").isNull()).isTrue();
    }

    @Test
    void aContrastThatWasCutShortSaysWhyInTheJson() {
        Demo.Result whole = result();
        RunResult way = whole.contrast().orElseThrow();
        RunResult contrast = new RunResult(way.name(), way.load(), way.changes(), Optional.of("it ended"));
        JsonNode json = JsonMapper.shared().readTree(JsonReport.write(JsonReport
                .of(new Demo.Result(whole.upgrade(), Optional.of(contrast), contrast.problem()), Path.of("plot"))));
        assertThat(json.has("error")).isFalse();
        assertThat(json.get("failed").intValue()).isZero();
        assertThat(json.get("contrast").get("error").stringValue()).isEqualTo("it ended");
        assertThat(json.get("contrast").get("failed").intValue()).isEqualTo(100);
    }

    @Test
    void thePlotNeedsNothingElseAndNoTextEndsItsScript() throws Exception {
        String html = HtmlReport.html(OPTIONS, result());
        assertThat(html).contains("\\u003c/script>").doesNotContain("http://", "https://", "src=", "href=");
        assertThat(html.split("</script>", -1)).hasSize(3);
    }

    @Test
    void thePlotMarksEachReplacement() throws Exception {
        String html = HtmlReport.html(OPTIONS, result());
        String begin = "id=\"data\">";
        int from = html.indexOf(begin) + begin.length();
        JsonNode ways = JsonMapper.shared().readTree(html.substring(from, html.indexOf("</script>", from))).get("ways");
        JsonNode upgrade = ways.get(0).get("changes").get(0);
        assertThat(upgrade.get("from").doubleValue()).isEqualTo(0.4);
        assertThat(upgrade.get("to").doubleValue()).isEqualTo(0.6);
        assertThat(upgrade.get("text").stringValue()).isEqualTo("committed");
        assertThat(upgrade.get("done").booleanValue()).isTrue();
        assertThat(ways.get(1).get("changes").get(0).get("to").doubleValue()).isEqualTo(0.4);
        // What draws them is in the file as well.
        assertThat(html).contains("for (const change of way.changes)", "x(change.from)", "x(change.to)");
    }

    @Test
    void blocksGrowWithTheLatency() {
        assertThat(Sparkline.block(0)).isEqualTo('▁');
        assertThat(Sparkline.block(200)).isEqualTo('▁');
        assertThat(Sparkline.block(20_000)).isBetween('▄', '▅');
        assertThat(Sparkline.block(2_000_000)).isEqualTo('█');
        assertThat(Sparkline.block(Long.MAX_VALUE)).isEqualTo('█');
    }

    @Test
    void aReplacementCoversItsAftermath() {
        Change change = change(Duration.ofSeconds(1), Duration.ofSeconds(2), Optional.empty());
        assertThat(change.covers(Duration.ofMillis(999))).isFalse();
        assertThat(change.covers(Duration.ofSeconds(1))).isTrue();
        assertThat(change.covers(Duration.ofMillis(2500))).isTrue();
        assertThat(change.covers(Duration.ofMillis(2501))).isFalse();
    }

    @Test
    void numbersKeepThreeDigits() {
        assertThat(Numbers.duration(Duration.ofNanos(93_400))).isEqualTo("93 us");
        assertThat(Numbers.duration(Duration.ofNanos(1_254_000))).isEqualTo("1.25 ms");
        assertThat(Numbers.duration(Duration.ofMillis(1204))).isEqualTo("1,204 ms");
        assertThat(Numbers.latency(12_340)).isEqualTo("12.3");
    }

    @Test
    void momentsAreSpreadEvenly() {
        DemoOptions options = new DemoOptions(DemoOptions.WARM_UP, Duration.ofSeconds(15), 1000, 5, true, false,
                Optional.empty());
        assertThat(options.moment(0)).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.moment(4)).isEqualTo(Duration.ofMillis(13_500));
    }

    /// Ten requests waited for the upgrade, and a hundred came while nobody served.
    private static Demo.Result result() {
        LoadReport upgrade = new MadeUp().answered(10, Duration.ofMillis(500), Duration.ofMillis(50))
                .answered(90, Duration.ofSeconds(2), Duration.ofMillis(1)).report(Duration.ofSeconds(3));
        MadeUp stopped = new MadeUp();
        for (int i = 0; i < 100; i++) {
            stopped.lost(Duration.ofMillis(10L * i), FailureKind.REFUSED);
        }
        return new Demo.Result(
                new RunResult("upgrade", upgrade, List.of(change(Duration.ofMillis(400), Duration.ofMillis(600),
                        Optional.of(Duration.ofMillis(912)))), Optional.empty()),
                Optional.of(new RunResult("stop, then start", stopped.report(Duration.ofSeconds(1)),
                        List.of(new Change(Duration.ZERO, Duration.ofMillis(400), Outcome.DONE, Optional.empty(),
                                Optional.of(Duration.ofMillis(400)), "</script>", List.of())),
                        Optional.empty())),
                Optional.empty());
    }

    private static Change change(Duration from, Duration to, Optional<Duration> toCutover) {
        return new Change(from, to, Outcome.DONE, toCutover, Optional.of(Duration.ofNanos(93_000)),
                "committed",
                List.of());
    }
}
