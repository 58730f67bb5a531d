package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/// Durations, read and written.
class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"PT0S, 0 ms", "PT-5S, 0 ms", "PT0.0000934S, 0.09 ms", "PT0.0042S, 4.20 ms", "PT0.01S, 10 ms",
        "PT0.9999S, 999 ms", "PT1S, 1.0 s", "PT59.99S, 59.9 s", "PT1M, 1 min 0 s", "PT59M59S, 59 min 59 s",
        "PT1H, 1 h 0 min", "PT23H59M, 23 h 59 min", "PT24H, 1 d 0 h", "P400DT3H, 400 d 3 h"})
    void written(Duration duration, String text) {
        assertThat(HumanDuration.text(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "5s, PT5S", "0.25s, PT0.25S", "2m, PT2M", "1.5h, PT1H30M", "24h, PT24H"})
    void read(String text, Duration duration) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "5S", "-1s", "+1s", "1e3s", ".5s", "1.s", "5d", "PT5S", "٥s",
        "0ms",
        "0.4ms", "25h", "999999999h", "9999999999s"})
    void refused(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not ");
    }
}
