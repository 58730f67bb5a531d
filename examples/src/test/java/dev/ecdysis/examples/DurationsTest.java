package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "3s, PT3S", "0s, PT0S", "2m, PT2M", "1h, PT1H",
        "8760h, PT8760H", "31536000000ms, PT8760H"})
    void parses(String text, Duration expected) throws UsageException {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "s", "-3s", "+3s", "1.5s", "3 s", "3S", "3sec", "999999999999s", "٣s"})
    void refuses(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(UsageException.class)
                .hasMessageContaining("write 500ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8761h", "525601m", "31536000001ms", "3000000h", "99999999999h"})
    void refusesWhatIsLongerThanAYear(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(UsageException.class)
                .hasMessage("too long: '" + text + "'; at most 8760h");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0.0ms", "PT0.0003S, 0.3ms", "PT0.00999S, 9.9ms", "PT0.212S, 212ms", "PT3S, 3000ms"})
    void formats(Duration duration, String expected) {
        assertThat(Durations.format(duration)).isEqualTo(expected);
    }
}
