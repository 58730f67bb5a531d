package dev.ecdysis.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.wire.Message;
import org.junit.jupiter.api.Test;

/// What a successor on probation says of itself.
class PulseTest {
    /// Else it would wait for an answer to a question that nobody was asked.
    @Test
    void aCheckThatCouldNotBeAskedIsAskedAgain() {
        Pulse pulse = new Pulse(true, 1);
        assertThat(pulse.asks()).isTrue();
        assertThat(pulse.asks()).isFalse();
        pulse.unasked();
        assertThat(pulse.asks()).isTrue();
    }

    private static final long FRESHNESS = 500;

    @Test
    void withoutAHealthCheckEachBeatIsAHeartbeat() {
        Pulse pulse = new Pulse(false, FRESHNESS);
        assertThat(pulse.asks()).isFalse();
        assertThat(pulse.beat(1_000, 1_000, 7)).hasValue(new Message.Heartbeat(7, 1_000));
        assertThat(pulse.beat(1_250, 1_200, 7)).hasValue(new Message.Heartbeat(7, 1_250));
    }

    @Test
    void aHealthCheckThatRunsKeepsNoBeatFromBeingSent() {
        Pulse pulse = new Pulse(true, FRESHNESS);
        assertThat(pulse.asks()).isTrue();
        assertThat(pulse.asks()).isFalse();
        assertThat(pulse.beat(1_000, 1_000, 7)).hasValue(new Message.Checking(7, 1_000));
        assertThat(pulse.beat(1_250, 1_250, 7)).hasValue(new Message.Checking(7, 1_250));
        pulse.answered();
        assertThat(pulse.beat(1_300, 1_250, 7)).hasValue(new Message.Heartbeat(7, 1_300));
        assertThat(pulse.asks()).isTrue();
        assertThat(pulse.beat(1_550, 1_500, 7)).hasValue(new Message.Checking(7, 1_550));
    }

    @Test
    void aBeatIsDatedBackToWhatTheAcceptLoopIsGoodFor() {
        Pulse pulse = new Pulse(false, FRESHNESS);
        assertThat(pulse.beat(1_000, 1_000, 7)).isPresent();
        assertThat(pulse.beat(1_500, 1_000, 7)).hasValue(new Message.Heartbeat(7, 1_500));
        assertThat(pulse.beat(1_750, 1_100, 7)).hasValue(new Message.Heartbeat(7, 1_600));
        assertThat(pulse.beat(2_000, 1_100, 7)).as("nothing new").isEmpty();
        assertThat(pulse.beat(2_250, 1_900, 7)).hasValue(new Message.Heartbeat(7, 2_250));
    }

    @Test
    void afterARefusalNothingIsSaid() {
        Pulse pulse = new Pulse(true, FRESHNESS);
        assertThat(pulse.asks()).isTrue();
        pulse.refused();
        assertThat(pulse.asks()).isFalse();
        assertThat(pulse.beat(1_000, 1_000, 7)).isEmpty();
    }

    /// [System#nanoTime()] may be anything.
    @Test
    void aClockThatOverflowsIsNoReasonToFallSilent() {
        Pulse pulse = new Pulse(false, FRESHNESS);
        long now = Long.MAX_VALUE - 10;
        assertThat(pulse.beat(now, now, 7)).isPresent();
        assertThat(pulse.beat(now + 250, now + 200, 7)).hasValue(new Message.Heartbeat(7, now + 250));
    }
}
