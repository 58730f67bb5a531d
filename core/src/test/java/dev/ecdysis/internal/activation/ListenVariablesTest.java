package dev.ecdysis.internal.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.EcdysisException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ListenVariablesTest {
    private static final OptionalLong IDENTITY = OptionalLong.of(77);

    private static List<byte[]> environment(String... entries) {
        return Stream.of(entries).map(entry -> entry.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static ListenVariables read(String... entries) throws EcdysisException {
        return ListenVariables.read(environment(entries), 4711, IDENTITY);
    }

    @Test
    void namesOfWhatIsMeantForThisProcess() throws Exception {
        assertThat(read("LISTEN_PID=4711", "LISTEN_FDS=3", "LISTEN_FDNAMES=web:web:").names())
                .containsExactly("web", "web", "");
        assertThat(read("LISTEN_PID=4711", "LISTEN_FDS=2", "LISTEN_PIDFDID=77").names())
                .containsExactly("unknown", "unknown");
        assertThat(read("LISTEN_PID=4711", "LISTEN_FDS=0", "LISTEN_FDNAMES=").names()).isEmpty();
        assertThat(ListenVariables.read(environment("LISTEN_PID=4711", "LISTEN_FDS=1", "LISTEN_PIDFDID=76"), 4711,
                OptionalLong.empty()).names()).as("a kernel that cannot tell").hasSize(1);
    }

    @Test
    void whatIsMeantForAnotherProcessIsNone() throws Exception {
        for (String[] entries : List.of(new String[] {"LISTEN_FDS=1"}, new String[] {"LISTEN_PID=4711"},
                new String[] {"LISTEN_PID=4712", "LISTEN_FDS=1"},
                new String[] {"LISTEN_PID=4711", "LISTEN_FDS=1", "LISTEN_PIDFDID=76"})) {
            assertThat(read(entries).names()).isEmpty();
            assertThat(read(entries).why()).contains("LISTEN_");
            assertThat(ListenVariables.isThere(environment(entries))).isTrue();
        }
        assertThat(read("LISTEN_PID=4712", "LISTEN_FDS=1").why()).contains("names process 4712", "process 4711",
                "exec");
        assertThat(ListenVariables.isThere(environment("LISTEN=1", "PATH=/bin"))).isFalse();
    }

    @Test
    void nonsenseIsAnError() {
        for (String[] entries : List.of(new String[] {"LISTEN_PID=me", "LISTEN_FDS=1"},
                new String[] {"LISTEN_PID=4711", "LISTEN_FDS=-1"}, new String[] {"LISTEN_PID=4711", "LISTEN_FDS=x"},
                new String[] {"LISTEN_PID=4711", "LISTEN_FDS=2000000000"},
                new String[] {"LISTEN_PID=4711", "LISTEN_FDS=1", "LISTEN_PIDFDID=z"},
                new String[] {"LISTEN_PID=4711", "LISTEN_FDS=2", "LISTEN_FDNAMES=one"})) {
            assertThatThrownBy(() -> read(entries)).isInstanceOf(EcdysisException.class)
                    .hasMessageContainingAll("the environment variable LISTEN_", "unset it");
        }
    }
}
