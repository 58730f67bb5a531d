package dev.ecdysis.internal.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.libc.LinuxPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets a system property")
class AdoptionTest {
    @AfterEach
    void forceNothing() {
        System.clearProperty(Adoption.PROPERTY);
    }

    @Test
    void internalsAreTakenWhenTheyAreOpen() {
        assertThat(Adoption.select(LinuxPosix.open())).isInstanceOf(InternalsAdoption.class);
    }

    @Test
    void aStrategyCanBeForced() {
        System.setProperty(Adoption.PROPERTY, "duplicate");
        assertThat(Adoption.select(LinuxPosix.open())).isInstanceOf(DuplicateAdoption.class);
        System.setProperty(Adoption.PROPERTY, "internals");
        assertThat(Adoption.select(LinuxPosix.open())).isInstanceOf(InternalsAdoption.class);
    }

    @Test
    void anotherNameIsAnErrorThatNamesBoth() {
        System.setProperty(Adoption.PROPERTY, "magic");
        assertThatThrownBy(() -> Adoption.select(LinuxPosix.open())).isInstanceOf(IllegalStateException.class)
                .hasMessage("-Ddev.ecdysis.adoption=magic is not a strategy; write internals or duplicate");
    }
}
