package dev.ecdysis.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long MILLISECOND = 1_000_000L;

    private final Backoff backoff = new Backoff();

    @Test
    void doublesUpToHalfASecond() {
        long[] expected = {5, 10, 20, 40, 80, 160, 320, 500, 500};
        for (long milliseconds : expected) {
            backoff.failed(0);
            assertThat(backoff.remaining(0)).isEqualTo(milliseconds * MILLISECOND);
        }
    }

    @Test
    void isOverAfterItsTimeAndUntilTheNextFailure() {
        assertThat(backoff.isOver(0)).isTrue();
        backoff.failed(0);
        assertThat(backoff.isOver(5 * MILLISECOND - 1)).isFalse();
        assertThat(backoff.isActive()).isTrue();
        assertThat(backoff.isOver(5 * MILLISECOND)).isTrue();
        assertThat(backoff.isActive()).isFalse();
        backoff.failed(6 * MILLISECOND);
        assertThat(backoff.isOver(6 * MILLISECOND)).isFalse();
    }

    @Test
    void beginsAnewAfterASuccess() {
        backoff.failed(0);
        backoff.failed(0);
        backoff.reset();
        backoff.failed(0);
        assertThat(backoff.remaining(0)).isEqualTo(5 * MILLISECOND);
    }
}
