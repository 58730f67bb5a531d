package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a native transport is given: descriptors of its own, which accept.
class DuplicatesTest {
    private static final int LIMIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private static List<Fd> duplicates(ManagedListener listener) throws EcdysisException {
        List<Fd> owned = new ArrayList<>();
        for (int number : listener.duplicateDescriptors()) {
            owned.add(Fd.own(Sockets.POSIX, number));
        }
        return owned;
    }

    @Test
    void aDuplicateAcceptsAndOutlivesTheListener() throws Exception {
        for (Address address : new Address[] {Tcp.of("127.0.0.1", 0), Unix.of(folder.resolve("s"))}) {
            ManagedListener listener = Sockets.listen("http", address);
            try (Fd duplicate = duplicates(listener).getFirst()) {
                assertAccepts(duplicate, listener.sockets());
                listener.closeSockets();
                assertAccepts(duplicate, listener.sockets());
                assertThat(isCloseOnExec(duplicate)).isTrue();
                assertThat(Sockets.isNonBlocking(duplicate)).isTrue();
            }
        }
    }

    private static void assertAccepts(Fd duplicate, BoundSockets sockets) throws IOException {
        try (SocketChannel client = Sockets.connect(sockets)) {
            Sockets.POSIX.poll(List.of(new PollFd(duplicate, Linux.POLLIN)), LIMIT_MILLIS);
            try (Fd accepted = Sockets.POSIX.accept4(duplicate)) {
                Sockets.POSIX.write(accepted, ByteBuffer.wrap(new byte[] {'x'}));
                assertThat(Sockets.isAnswered(client)).isTrue();
            }
        }
    }

    private static boolean isCloseOnExec(Fd fd) throws IOException {
        String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number())).get(1).split("\\s+", -1)[1];
        return (Integer.parseInt(flags, 8) & 02000000) != 0;
    }

    @Test
    void theListenerOutlivesADuplicate() throws Exception {
        ManagedListener listener = Sockets.listen("http", Tcp.of("127.0.0.1", 0));
        listener.serve(Sockets::answer);
        listener.start();
        duplicates(listener).getFirst().close();
        try (SocketChannel client = Sockets.connect(listener.sockets())) {
            assertThat(Sockets.isAnswered(client)).isTrue();
        } finally {
            listener.closeSockets();
        }
    }

    @Test
    void aGroupHasOneForEachSocketInOrder() throws Exception {
        ManagedListener listener = Sockets.listen("http", Tcp.of("127.0.0.1", 0).sockets(3));
        List<Fd> duplicates = duplicates(listener);
        assertThat(duplicates).extracting(DuplicatesTest::socket)
                .containsExactlyElementsOf(listener.sockets().sockets().stream().map(DuplicatesTest::socket).toList())
                .doesNotHaveDuplicates();
        duplicates.forEach(Fd::close);
        listener.closeSockets();
    }

    private static Path socket(Fd fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.number()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClosedListenerHasNone() throws Exception {
        ManagedListener listener = Sockets.listen("http", Tcp.of("127.0.0.1", 0));
        listener.closeSockets();
        assertThatThrownBy(listener::duplicateDescriptors).isInstanceOf(IllegalStateException.class)
                .hasMessage("listener http is closed");
    }

    @Test
    void withoutADescriptorNoneIsLeft() throws Exception {
        FaultingPosix posix = new FaultingPosix(Sockets.POSIX);
        Tcp group = Tcp.of("127.0.0.1", 0).sockets(3);
        ManagedListener listener = Sockets.manage(new SocketFactory(posix).bind("http", group), group);
        List<Fd> before = posix.openDescriptors();
        posix.failAt("duplicate", 2, Errno.EMFILE);
        assertThatThrownBy(listener::duplicateDescriptors).isInstanceOf(EcdysisException.class)
                .hasMessageContaining("listener http").hasMessageContaining("EMFILE").hasMessageContaining("ulimit -n");
        assertThat(posix.openDescriptors()).isEqualTo(before);
        listener.closeSockets();
    }
}
