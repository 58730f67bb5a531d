package dev.ecdysis.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultingPosixTest extends KernelTest {
    @Test
    void everyCallFailsOnceAndNothingLeaks() {
        int n = 0;
        FaultingPosix posix;
        do {
            n++;
            posix = new FaultingPosix(POSIX).failAt(n);
            try {
                passADescriptor(posix);
                assertThat(posix.injected()).isEmpty();
            } catch (PosixException e) {
                assertThat(posix.injected()).containsSame(e);
            }
            assertThat(posix.openDescriptors()).isEmpty();
        } while (posix.injected().isPresent());

        assertThat(n).isEqualTo(5);
        assertThat(posix.calls()).containsExactly("socketpair", "eventfd", "sendmsg", "recvmsg", "close",
                "close",
                "close", "close");
    }

    @Test
    void whatIsNotClosedIsKnown() throws Exception {
        FaultingPosix posix = new FaultingPosix(POSIX);
        Fd event = closeLater(posix.eventfd());

        assertThat(posix.openDescriptors()).containsExactly(event);
    }

    @Test
    void theErrnoSuitsTheCallOrIsChosen() {
        assertThat(errnoOf(() -> new FaultingPosix(POSIX).failAt(1).socketpair())).isEqualTo(Errno.EMFILE);
        assertThat(errnoOf(() -> new FaultingPosix(POSIX).failAt(1, Errno.ENFILE).socketpair()))
                .isEqualTo(Errno.ENFILE);
    }

    private static void passADescriptor(Posix posix) throws PosixException {
        try (FdPair pair = posix.socketpair(); Fd event = posix.eventfd()) {
            posix.sendmsg(pair.first(), ByteBuffer.allocate(1), List.of(event));
            posix.recvmsg(pair.second(), ByteBuffer.allocate(1)).descriptors().forEach(Fd::close);
        }
    }
}
