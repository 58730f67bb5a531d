package dev.ecdysis.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who says that the service lives, and how often.
class WatchdogTest {
    private static Optional<Duration> interval(boolean first, String limit, String forWhom) {
        Map<String, String> environment = Map.of("WATCHDOG_USEC", limit, "WATCHDOG_PID", forWhom);
        return Watchdog
                .of(name -> Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty()), first, 7)
                .map(Watchdog::interval);
    }

    @Test
    void thatIsSaidOftenEnough() {
        assertThat(interval(true, "3000000", "7")).hasValue(Duration.ofSeconds(1));
        assertThat(interval(true, "3000000", "")).hasValue(Duration.ofSeconds(1));
        assertThat(interval(true, "1", "7")).hasValue(Duration.ofMillis(10));
    }

    @Test
    void generationZeroHeedsForWhomItIs() {
        assertThat(interval(true, "3000000", "8")).isEmpty();
    }

    @Test
    void laterOnTheVariableNamesOneThatHasBeenReplaced() {
        assertThat(interval(false, "3000000", "8")).hasValue(Duration.ofSeconds(1));
    }

    @Test
    void whatIsNoTimeIsNone() {
        for (String text : new String[] {"", "0", "-1", "x", "99999999999999999999", "9223372036854775807"}) {
            assertThat(interval(true, text, "7")).as(text).isEmpty();
        }
    }
}
