package dev.ecdysis.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both ends of NOTIFY_SOCKET.
class NotificationSocketTest {
    private static final Posix POSIX = LinuxPosix.open();

    @TempDir
    Path folder;

    @Test
    void whatIsSentComesWithItsSender() throws Exception {
        try (NotificationSocket socket = NotificationSocket.open(POSIX)) {
            assertThat(socket.next()).isEmpty();
            NotifySocket sender = NotifySocket.of(POSIX, socket.address());
            assertThat(sender.send("MAINPID=7\nREADY=1")).isTrue();
            assertThat(sender.send("STATUS=x")).isTrue();

            assertThat(socket.next()).hasValueSatisfying(received -> {
                assertThat(received.sender()).isEqualTo((int) OwnProcess.pid());
                assertThat(received.notification().mainPid()).hasValue(7);
                assertThat(received.notification().ready()).isTrue();
            });
            assertThat(socket.next()).hasValueSatisfying(
                    received -> assertThat(received.notification().passedOn()).containsExactly("STATUS=x"));
            assertThat(socket.next()).isEmpty();
        }
    }

    @Test
    void whatIsTooLongIsDropped() throws Exception {
        try (NotificationSocket socket = NotificationSocket.open(POSIX)) {
            NotifySocket sender = NotifySocket.of(POSIX, socket.address());
            sender.send("MAINPID=7\nSTATUS=" + "x".repeat(Notification.MOST_BYTES));
            sender.send("MAINPID=8");
            assertThat(socket.next())
                    .hasValueSatisfying(received -> assertThat(received.notification().mainPid()).hasValue(8));
            assertThat(socket.next()).isEmpty();
        }
    }

    @Test
    void descriptorsThatComeAlongAreClosed() throws Exception {
        try (NotificationSocket socket = NotificationSocket.open(POSIX);
                FdPair pipe = POSIX.pipe2();
                Fd sender = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0)) {
            POSIX.connect(sender, new SockAddr.Abstract(socket.address().substring(1)));
            POSIX.sendmsg(sender, ByteBuffer.wrap("BARRIER=1".getBytes(StandardCharsets.UTF_8)),
                    List.of(pipe.second()));
            assertThat(socket.next()).isPresent();
            pipe.second().close();
            assertThat(POSIX.read(pipe.first(), ByteBuffer.allocate(1))).as("end of file: nobody else has it")
                    .isZero();
        }
    }

    @Test
    void aFullQueueIsNoErrorAndNobodyThereIs() throws Exception {
        String address;
        try (NotificationSocket socket = NotificationSocket.open(POSIX)) {
            address = socket.address();
            NotifySocket sender = NotifySocket.of(POSIX, address);
            int sent = 0;
            while (sender.send("STATUS=" + sent)) {
                sent++;
            }
            assertThat(sent).isPositive();
            assertThat(socket.next()).isPresent();
            assertThat(sender.send("STATUS=again")).isTrue();
        }
        NotifySocket sender = NotifySocket.of(POSIX, address);
        assertThatThrownBy(() -> sender.send("READY=1")).isInstanceOf(PosixException.class)
                .hasMessageContainingAll("connect", address, "ECONNREFUSED");
    }

    @Test
    void aPathIsAnAddressAsWell() throws Exception {
        Path path = folder.resolve("notify");
        try (Fd socket = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0)) {
            POSIX.bind(socket, new SockAddr.Unix(path));
            assertThat(NotifySocket.of(POSIX, path.toString()).send("READY=1")).isTrue();
            ByteBuffer buffer = ByteBuffer.allocate(100);
            assertThat(POSIX.receiveDatagram(socket, buffer).sender()).as("nobody asked for it").isEmpty();
            assertThat(StandardCharsets.UTF_8.decode(buffer.flip()).toString()).isEqualTo("READY=1");
        }
    }

    @Test
    void whatIsNoAddressIsRefused() {
        for (String value : new String[] {"", "@", "/", "relative", "vsock:2:1234", "@" + "x".repeat(108),
            "/" + "x".repeat(107)}) {
            assertThatThrownBy(() -> NotifySocket.of(POSIX, value)).as(value).isInstanceOf(IOException.class)
                    .hasMessageContainingAll("NOTIFY_SOCKET", "unset it, or mend it");
        }
    }
}
