package dev.ecdysis.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written into an answer is what is read from it.
class CodecsTest {
    private static final String ODD = "a: \"b\"\n\tü 🦀 \0 ";

    private static void same(UpgradeResult result) throws WireException {
        assertThat(ResultCodec.result(ResultCodec.of(result))).isEqualTo(result);
        assertThat(Codec.encode(new Message.Result(ResultCodec.of(result)), 0).remaining()).isPositive();
    }

    @Test
    void everyOutcome() throws Exception {
        same(new UpgradeResult.Committed(7, 4_194_304, Duration.ofNanos(123_456_789), Duration.ZERO));
        same(new UpgradeResult.Committed(7, 1, Duration.ofNanos(5), Duration.ZERO, List.of(ODD, "")));
        same(new UpgradeResult.RolledBack(ODD, OptionalInt.of(137), List.of("", ODD, "last")));
        same(new UpgradeResult.RolledBack("", OptionalInt.empty(), List.of()));
        same(new UpgradeResult.Refused(ODD));
    }

    @ParameterizedTest
    @EnumSource
    void failedInEveryPhase(Phase phase) throws Exception {
        same(new UpgradeResult.Failed(phase, ODD, OptionalInt.of(0), List.of(ODD)));
        same(new UpgradeResult.Failed(phase, "x", OptionalInt.empty(), List.of()));
        assertThat(ResultCodec.phase(ResultCodec.number(phase))).isEqualTo(phase);
    }

    @Test
    void theLongestLastWordsFitIntoAFrame() throws Exception {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            words.add("\uffff".repeat(2_000));
        }
        same(new UpgradeResult.RolledBack("why", OptionalInt.of(1), words));
    }

    @Test
    void aValueThatOnlyALaterVersionHasIsUnknown() throws Exception {
        assertThat(ResultCodec.phase(99)).isEqualTo(Phase.UNKNOWN);
        assertThat(ResultCodec.result(Fields.builder().text("outcome", "failed").text("reason", "x")
                .text("phase", "LUNCH").build()))
                .isEqualTo(new UpgradeResult.Failed(Phase.UNKNOWN, "x", OptionalInt.empty(), List.of()));
        assertThat(StatusCodec.checks(Fields.builder().fields("check", Fields.builder().text("name", "x")
                .text("verdict", "MAYBE").text("found", "f").text("cure", "c").build()).build()))
                .containsExactly(new Check("x", Check.Verdict.UNKNOWN, "f", "c"));
        Fields status = Fields.builder().number("generation", 1).number("pid", 2).text("version", "v")
                .text("state", "MOULTING").number("uptime-nanos", 0).number("connections", 0).text("adoption", "")
                .fields("upgrade", Fields.builder().number("phase", 99).number("generation", 2)
                        .number("elapsed-nanos", 0).build())
                .build();
        assertThat(StatusCodec.status(status)).satisfies(known -> {
            assertThat(known.state()).isEqualTo(ServerState.UNKNOWN);
            assertThat(known.upgrade()).contains(new UpgradeStatus(Phase.UNKNOWN, 2, OptionalLong.empty(),
                    Duration.ZERO));
        });
    }

    @Test
    void anOutcomeThatOnlyALaterVersionHasIsAnErrorThatSaysSo() {
        assertThatThrownBy(() -> ResultCodec.result(Fields.builder().text("outcome", "postponed").build()))
                .isInstanceOf(WireException.class).hasMessageContaining("postponed");
        assertThatThrownBy(() -> ResultCodec.result(Fields.builder().build())).isInstanceOf(WireException.class);
    }

    @Test
    void status() throws Exception {
        ServerStatus empty = new ServerStatus(0, 1, "", ServerState.RUNNING, Optional.empty(), true, Duration.ZERO,
                Optional.empty(), List.of(), 0, List.of(), "",
                List.of());
        assertThat(StatusCodec.status(StatusCodec.of(empty, Optional.empty()))).isEqualTo(empty);
        ServerStatus full = new ServerStatus(3, 4711, ODD, ServerState.UPGRADING,
                Optional.of(new UpgradeStatus(Phase.PROBATION, 4, OptionalLong.of(4712), Duration.ofNanos(5))), false,
                Duration.ofDays(900), Optional.of(ODD),
                List.of(new ListenerStatus("http", "tcp:0.0.0.0:80", 4, Long.MAX_VALUE, true),
                        new ListenerStatus("admin", "unix:/run/a b", 1, 0, false)),
                12, List.of(new DrainingStatus(1, 99, Duration.ofSeconds(1), Duration.ofSeconds(2), -1, List.of()),
                        new DrainingStatus(2, 98, Duration.ZERO, Duration.ZERO, 5, List.of("http: 5", ODD))),
                ODD, List.of(ODD, ""));
        assertThat(StatusCodec.status(StatusCodec.of(full, Optional.empty()))).isEqualTo(full);
        assertThat(StatusCodec.predecessor(StatusCodec.of(full, Optional.empty()))).isEmpty();
        PredecessorProcess predecessor = new PredecessorProcess(98, Duration.ofSeconds(30));
        assertThat(StatusCodec.predecessor(StatusCodec.of(full, Optional.of(predecessor)))).contains(predecessor);
    }

    @Test
    void checks() throws Exception {
        List<Check> checks = List.of(Check.pass("a", ODD), Check.warn("b", "", ODD), Check.fail("c", "d", "e"));
        assertThat(StatusCodec.checks(StatusCodec.of(checks))).isEqualTo(checks);
    }
}
