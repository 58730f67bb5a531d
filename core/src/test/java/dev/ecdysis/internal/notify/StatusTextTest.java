package dev.ecdysis.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.status.DrainingStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What `systemctl status` shows.
class StatusTextTest {
    private static DrainingStatus draining(int generation, long connections) {
        return new DrainingStatus(generation, 5, Duration.ZERO, Duration.ofSeconds(1), connections, List.of());
    }

    @Test
    void namesWhoServesAndWhoDrains() {
        assertThat(StatusText.of("serving", 3, List.of(draining(2, 7), draining(1, -1))))
                .isEqualTo("serving, generation 3; generation 2 drains, 7 connections left; generation 1 drains");
        assertThat(StatusText.upgrading(Phase.INITIALISING, 4, "12"))
                .isEqualTo("; upgrading to generation 4: initialising, process 12");
    }

    @Test
    void saysWhatAnUpgradeCameTo() {
        assertThat(StatusText.of(new Outcome.Failed(Phase.SPAWNING, "no program", OptionalInt.empty()), 1))
                .isEqualTo("; the upgrade to generation 1 failed in phase spawning: no program");
        assertThat(StatusText.of(new Outcome.RolledBack("it was silent", OptionalInt.of(3)), 1))
                .isEqualTo("; the upgrade to generation 1 was rolled back: it was silent (exit status 3)");
        assertThat(StatusText.of(new Outcome.Refused("not now"), 1)).endsWith("was refused: not now");
        assertThat(StatusText.of(new Outcome.Committed(), 1)).isEmpty();
    }

    @Test
    void isOneLineThatFitsIntoADatagram() {
        assertThat(StatusText.line("a\nREADY=1\0\u001bb")).isEqualTo("STATUS=a READY=1??b");
        assertThat(StatusText.line("\u20ac".repeat(9_000)).getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(3_500);
    }
}
