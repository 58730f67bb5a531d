package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.internal.libc.LinuxPosix;
import org.junit.jupiter.api.Test;

/// How many older generations may still drain when another upgrade is asked for.
class MaxDrainingTest {
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
