package dev.ecdysis.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.Change.Outcome;
import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LedgerTest {
    @Test
    void waysStandSideBySide() throws Exception {
        StringWriter text = new StringWriter();
        Screen screen = Screen.of(new PrintWriter(text, true), true, StandardCharsets.UTF_8,
                Map.of("TERM", "xterm", "NO_COLOR", "1"));
        new Ledger(screen).print(result());
        assertThat(text.toString()).containsPattern(" +upgrade +stop, then start\n")
                .containsPattern("requests +100 +100\n").containsPattern("failed +0 +100\n")
                .containsPattern(" {2}refused +0 +100\n")
                .containsPattern("trigger to cutover, median +912 ms +-\n")
                .containsPattern("nobody accepting, median +93 us +400 ms\n")
                .containsPattern(" {2}p99\\.9 +[\\d.]+ +-\n")
                .contains("^ = replaced").contains("xxxx").endsWith("No request was lost by the upgrades.\n")
                .doesNotContain("\033");
    }

    @Test
    void thePlotNeedsNothingElseAndNoTextEndsItsScript() throws Exception {
        String html = HtmlReport.html(
                new DemoOptions(Duration.ofSeconds(1), 100, 1, true, false, Optional.empty()),
                result());
        assertThat(html).contains("\\u003c/script>").doesNotContain("http://", "https://", "src=", "href=");
        assertThat(html.split("</script>", -1)).hasSize(3);
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
        DemoOptions options = new DemoOptions(Duration.ofSeconds(15), 1000, 5, true, false, Optional.empty());
        assertThat(options.moment(0)).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.moment(4)).isEqualTo(Duration.ofMillis(13_500));
    }

    private static Demo.Result result() throws Exception {
        RunResult upgrade;
        LoadPlan plan;
        try (FakeServer server = FakeServer.perfect()) {
            plan = LoadPlan.to(server.start()).requestsAtMost(100);
            try (Load load = Load.start(plan)) {
                upgrade = new RunResult("upgrade", load.await(),
                        List.of(change(Duration.ZERO, Duration.ofMillis(30),
                                Optional.of(Duration.ofMillis(912)))));
            }
        }
        try (Load load = Load.start(plan)) {
            return new Demo.Result(upgrade, Optional.of(new RunResult("stop, then start", load.await(),
                    List.of(new Change(Duration.ZERO, Duration.ofMillis(400), Outcome.DONE, Optional.empty(),
                            Optional.of(Duration.ofMillis(400)), "</script>", List.of())))));
        }
    }

    private static Change change(Duration from, Duration to, Optional<Duration> toCutover) {
        return new Change(from, to, Outcome.DONE, toCutover, Optional.of(Duration.ofNanos(93_000)),
                "committed",
                List.of());
    }
}
