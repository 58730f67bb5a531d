package dev.ecdysis.internal.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Needs `--add-opens java.base/sun.nio.ch`, which the build gives to all tests.
class InternalsAdoptionTest implements AdoptionContract {
    private final Adoption adoption = InternalsAdoption.ifOpen(POSIX).orElseThrow(
            () -> new AssertionError("run the tests with " + SocketInternals.howToOpen()));

    @Override
    public Adoption adoption() {
        return adoption;
    }

    @Override
    public boolean localAddressIsRight() {
        return true;
    }

    @Test
    void aRehearsalLeavesNothing() throws Exception {
        SortedMap<Integer, String> before = Descriptors.open();
        InternalsAdoption.rehearse();
        assertThat(Descriptors.open()).isEqualTo(before);
    }

    @Test
    void everyCallMayFailAndNothingLeaks(@TempDir Path folder) throws Exception {
        try (Fd listener = Kind.INET.listen(folder)) {
            SortedMap<Integer, String> before = Descriptors.open();
            for (int n = 1; n <= 3; n++) {
                FaultingPosix posix = new FaultingPosix(POSIX).failAt(n);
                try (ServerSocketChannel channel = InternalsAdoption.ifOpen(posix).orElseThrow()
                        .adopt(listener)) {
                    throw new AssertionError("adopted in spite of a failure: " + channel);
                } catch (PosixException e) {
                    assertThat(posix.injected()).containsSame(e);
                }
                assertThat(Descriptors.open()).isEqualTo(before);
            }
        }
    }
}
