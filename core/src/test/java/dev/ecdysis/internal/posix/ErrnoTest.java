package dev.ecdysis.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void everyNumberOfLinuxHasANameAndAMeaning() {
        assertThat(IntStream.rangeClosed(1, 133).filter(number -> number != 41 && number != 58))
                .allSatisfy(
                        number -> assertThat(new Errno(number).toString()).matches("E[A-Z0-9]+ \\(.+\\)"));
        assertThat(new Errno(98)).isEqualTo(Errno.EADDRINUSE)
                .hasToString("EADDRINUSE (address already in use)");
    }

    @Test
    void aConstantHasItsOwnName() throws IllegalAccessException {
        for (var field : Errno.class.getFields()) {
            assertThat(((Errno) field.get(null)).name()).isEqualTo(field.getName());
        }
    }

    @Test
    void otherNumbersAreShownAsNumbers() {
        assertThat(new Errno(0)).hasToString("errno 0");
        assertThat(new Errno(41)).hasToString("errno 41");
        assertThat(new Errno(-1)).hasToString("errno -1");
        assertThat(new Errno(134)).hasToString("errno 134");
    }
}
