package dev.ecdysis.internal.inheritance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.launch.LaunchFile;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A launch description that travels in a file, and a predecessor that does not keep to the protocol with it.
@Timeout(60)
class InheritanceTest {
    private static final Message.LaunchDescription LARGE = new Message.LaunchDescription(List.of(ascii("java")),
            Collections.nCopies(20_000, ascii("SERVICE_PORT=" + "x".repeat(60))), ascii("/srv"));

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(posix.openDescriptors()).isEmpty();
    }

    /// With a generation that drains.
    private Inheritance receive(Fd file, int bytes) throws IOException {
        try (file;
                FdPair pair = posix.socketpair();
                FdPair older = posix.socketpair();
                FrameChannel theirs = new FrameChannel(posix, pair.second(), Limits.FRAME);
                Fd self = posix.pidfdOpen((int) OwnProcess.pid());
                Fd other = posix.eventfd()) {
            theirs.send(new Message.Welcome(1, 3, OwnProcess.pid(), new Message.LaunchFile(bytes),
                    new Message.Settings(1, 1, 1)), List.of(self, other, file));
            theirs.send(new Message.Older(1, OwnProcess.pid(), 1, 1), List.of(older.first(), self));
            theirs.send(new Message.HandedOver(0, 1));
            return Inheritance.receive(posix, Fd.own(posix, pair.first().release()));
        }
    }

    @Test
    void theDescriptionIsTheOneInTheFile() throws Exception {
        ByteBuffer content = LaunchCodec.encode(LARGE);
        int bytes = content.remaining();
        Inheritance inheritance = receive(LaunchFile.write(posix, content), bytes);
        assertThat(inheritance.launch().toWire()).isEqualTo(LARGE);
        assertThat(inheritance.older()).hasSize(1);
        inheritance.close();
    }

    @Test
    void whatIsNotSuchAFileEndsTheHandover() throws Exception {
        ByteBuffer content = LaunchCodec.encode(LARGE);
        int bytes = content.remaining();
        refused(LaunchFile.write(posix, content.duplicate()), bytes + 1, "bytes and not " + (bytes + 1));
        refused(LaunchFile.write(posix, content.duplicate()), bytes - 1, "more than " + (bytes - 1));
        refused(posix.memfdCreate("unsealed"), bytes, "is not sealed");
        refused(posix.eventfd(), bytes, "is no file in memory");
        refused(LaunchFile.write(posix, ByteBuffer.wrap(new byte[9])), 9, "a field's name");
    }

    private void refused(Fd file, int bytes, String why) {
        assertThatThrownBy(() -> receive(file, bytes)).isInstanceOf(EcdysisException.class)
                .hasMessageStartingWith("the handover from the predecessor failed: ").hasMessageContaining(why);
        assertThat(posix.openDescriptors()).isEmpty();
    }
}
