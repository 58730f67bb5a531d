package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Descriptors;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A variable that a grandchild inherited, or that somebody made up, is noticed, and what it names is not touched.
class HandoverVariableTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();

    private static byte[] entry(String value) {
        return (HandoverVariable.NAME + "=" + value).getBytes(StandardCharsets.US_ASCII);
    }

    private static long inode(Fd fd) {
        return Long.parseLong(Descriptors.target(fd).replaceAll("\\D", ""));
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        HandoverVariable variable = new HandoverVariable(3, 4711, 12345);
        assertThat(HandoverVariable.find(List.of("A=B".getBytes(StandardCharsets.US_ASCII), variable.entry())))
                .contains(variable);
        assertThat(HandoverVariable.find(List.of("A=B".getBytes(StandardCharsets.US_ASCII)))).isEmpty();
        assertThat(HandoverVariable.find(List.of((HandoverVariable.NAME + "S=v1:3:4:5")
                .getBytes(StandardCharsets.US_ASCII)))).isEmpty();
    }

    @Test
    void anotherFormIsAnError() {
        for (String value : new String[] {"", "v1", "v1:3:4", "v1:3:4:5:6", "v2:3:4:5", "v1:x:4:5", "v1:3:4:",
            "v1:3:4:99999999999999999999", "v1: 3:4:5"}) {
            assertThatThrownBy(() -> HandoverVariable.find(List.of(entry(value)))).as(value)
                    .isInstanceOf(IOException.class).hasMessageContaining("unset it");
        }
    }

    @Test
    void theTrueOneIsOpenedAndNoLongerInheritable() throws Exception {
        try (FdPair pair = POSIX.socketpair()) {
            int number = pair.first().number();
            HandoverVariable variable = new HandoverVariable(number, ProcessHandle.current().pid(),
                    inode(pair.first()));
            try (Fd opened = variable.open(POSIX)) {
                pair.first().release();
                assertThat(opened.number()).isEqualTo(number);
                assertThat(Descriptors.isCloseOnExec(opened)).isTrue();
                assertThat(Descriptors.isNonBlocking(opened)).isTrue();
            }
        }
    }

    @Test
    void aStaleOrForgedOneIsRefusedAndItsDescriptorStaysOpen() throws Exception {
        try (FdPair pair = POSIX.socketpair(); FdPair pipe = POSIX.pipe2()) {
            int socket = pair.first().number();
            long inode = inode(pair.first());
            long self = ProcessHandle.current().pid();
            List<HandoverVariable> forged = List.of(new HandoverVariable(socket, self + 1, inode),
                    new HandoverVariable(socket, self, inode + 1), new HandoverVariable(1_000_000, self, inode),
                    new HandoverVariable(-1, self, inode), new HandoverVariable(2, self, inode),
                    new HandoverVariable(pipe.first().number(), self, inode(pipe.first())));
            for (HandoverVariable variable : forged) {
                assertThatThrownBy(() -> variable.open(POSIX)).as(variable.toString()).isInstanceOf(IOException.class)
                        .hasMessageContaining("stale or forged");
            }
            assertThat(inode(pair.first())).isEqualTo(inode);
        }
    }
}
