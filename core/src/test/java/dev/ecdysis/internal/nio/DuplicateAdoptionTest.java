package dev.ecdysis.internal.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicateAdoptionTest implements AdoptionContract {
    @Override
    public Adoption adoption() {
        return new DuplicateAdoption(POSIX);
    }

    @Override
    public boolean localAddressIsRight() {
        return false;
    }

    @Test
    void everyCallMayFailAndNothingLeaks(@TempDir Path folder) throws Exception {
        try (Fd listener = Kind.UNIX.listen(folder)) {
            SortedMap<Integer, String> before = Descriptors.open();
            FaultingPosix posix;
            int failures = 0;
            int n = 0;
            do {
                n++;
                posix = new FaultingPosix(POSIX).failAt(n);
                try (ServerSocketChannel channel = new DuplicateAdoption(posix).adopt(listener)) {
                    assertThat(channel.isOpen()).isTrue();
                } catch (IOException e) {
                    failures++;
                }
                assertThat(Descriptors.open()).isEqualTo(before);
            } while (posix.injected().isPresent());
            // getsockname, setNonBlocking, two looks at the right descriptor, dup3; looks at others may fail.
            assertThat(failures).isEqualTo(5);
        }
    }

    @Test
    void anInterruptedThreadAdoptsAndStaysInterrupted(@TempDir Path folder) throws Exception {
        try (Fd listener = Kind.INET.listen(folder)) {
            Thread.currentThread().interrupt();
            try (ServerSocketChannel channel = adoption().adopt(listener)) {
                assertThat(channel.isOpen()).isTrue();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }
}
