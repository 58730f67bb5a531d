package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What can be known without a terminal; a real one is in the integration tests.
class TerminalTest {
    private static final int NOT_OPEN = 98_765;

    @Test
    void aDescriptorThatIsNotOpenIsNoTerminal() {
        assertThat(Terminal.isTerminal(NOT_OPEN)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"132, 132", "40, 40", "3, 10", "999999999, 500", "0, 80", "9999999999, 80", "-5, 80", "wide, 80",
        "'', 80"})
    void theVariableIsBelievedWithinReason(String variable, int expected) {
        assertThat(Terminal.columns(NOT_OPEN, Map.of("COLUMNS", variable))).isEqualTo(expected);
    }

    @Test
    void whatIsNoTerminalHasTheUsualWidth() {
        assertThat(Terminal.columns(NOT_OPEN, Map.of())).isEqualTo(80);
        // Standard input of a test is a pipe, of which stty says that it is none.
        assertThat(Terminal.columns(0, Map.of())).isEqualTo(80);
    }
}
