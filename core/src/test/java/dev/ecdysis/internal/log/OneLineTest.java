package dev.ecdysis.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void lineBreaksBecomeSpaces() {
        assertThat(OneLine.of("a\nb\r\nc\u2028d\n")).isEqualTo("a b c d");
        assertThat(OneLine.of("as it is")).isEqualTo("as it is");
    }

    @Test
    void theRestOfALongTextIsLeftOut() {
        assertThat(OneLine.of("x".repeat(2 << 20))).isEqualTo("x".repeat(OneLine.LONGEST));
        String split = OneLine.of("x".repeat(OneLine.LONGEST - 1) + "\uD83D\uDC1B");
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(split)).isTrue();
        assertThat(split).hasSize(OneLine.LONGEST - 1);
    }

    @Test
    void anExceptionWithoutAMessageSaysWhatItIs() {
        assertThat(OneLine.of(new IOException("no\nway"))).isEqualTo("no way");
        assertThat(OneLine.of(new IOException())).isEqualTo("java.io.IOException");
        assertThat(OneLine.of(new IOException(" \n"))).isEqualTo("java.io.IOException");
    }
}
