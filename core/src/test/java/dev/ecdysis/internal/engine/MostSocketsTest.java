package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.posix.LinuxPosix;
import dev.ecdysis.internal.wire.Limits;
import org.junit.jupiter.api.Test;

/// What a server may listen on always fits into the one message that hands it over.
class MostSocketsTest {
    private static Ecdysis.Builder builder() {
        return new EngineBuilder(LinuxPosix::open);
    }

    @Test
    void theMoreMayDrainTheFewerSocketsThereMayBe() throws Exception {
        try (Ecdysis ecdysis = builder().maxDraining(100).start()) {
            Tcp most = Tcp.of("127.0.0.1", 0).sockets(1000);
            int pidfdStderrControlAndLaunch = 4;
            assertThatThrownBy(() -> ecdysis.listen("http", most))
                    .hasMessageContaining("at most " + (Limits.DESCRIPTORS - pidfdStderrControlAndLaunch - 2 * 100));
        }
    }

    @Test
    void howManyMayDrainHasABound() {
        for (int outOfRange : new int[] {0, 101}) {
            assertThatThrownBy(() -> builder().maxDraining(outOfRange)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxDraining must be between 1 and 100: " + outOfRange);
        }
        assertThat(builder().maxDraining(1).maxDraining(100)).isNotNull();
    }
}
