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
    void howManyMayDrainHasABound() {
        for (int outOfRange : new int[] {0, 101}) {
            assertThatThrownBy(() -> builder().maxDraining(outOfRange)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxDraining must be between 1 and 100: " + outOfRange);
        }
        assertThat(builder().maxDraining(1).maxDraining(100)).isNotNull();
    }
}
