package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.SocketFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process makes of descriptors that it has from its start. This JVM is the service manager.
class SocketActivationTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final int LIMIT_MILLIS = 60_000;
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);

    @TempDir
    private Path folder;

    private final SocketFactory factory = new SocketFactory(POSIX);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Integer, Fd> passed = new TreeMap<>();
    private final List<String> names = new ArrayList<>();
    private String notifySocket = "";

    /// Opens the listeners `NAME=ADDRESS`, has each answer one connection, stops, and says all that it sees.
    static final class Child {
        public static void main(String[] arguments) throws Exception {
            for (int start = 0; start < 2; start++) {
                boolean store = arguments[0].equals("store");
                try (Ecdysis ecdysis = Ecdysis.builder().storeListeners(store).start()) {
                    System.out.println("start " + start);
                    serve(ecdysis, Arrays.copyOfRange(arguments, store ? 1 : 0, arguments.length));
                } catch (EcdysisException e) {
                    System.out.println(e.getMessage());
                }
            }
        }

        private static void serve(Ecdysis ecdysis, String[] arguments) throws Exception {
            List<Listener> listeners = new ArrayList<>();
            for (String argument : arguments) {
                String[] parts = argument.split("=", 2);
                try {
                    Listener listener = ecdysis.listen(parts[0], Address.parse(parts[1]));
                    listener.serve(connection -> connection
                            .write(ByteBuffer.wrap(listener.name().getBytes(StandardCharsets.US_ASCII))));
                    listeners.add(listener);
                } catch (EcdysisException e) {
                    System.out.println(e.getMessage());
                }
            }
            Process process = new ProcessBuilder("/bin/sh", "-c", "env; ls -l /proc/$$/fd").start();
            process.getInputStream().transferTo(System.out);
            process.waitFor();
            ecdysis.ready();
            for (Listener listener : listeners) {
                System.out.println(listener.name() + " " + listener.origin() + " " + listener.channels().size() + " "
                        + place(listener.localAddress()) + " " + answer(listener.localAddress()));
            }
            ecdysis.stop();
            ecdysis.awaitExit();
        }
    }

    private static String place(SocketAddress address) {
        return address.toString().replaceFirst("^.*/(?=127)", "");
    }

    private static String answer(SocketAddress address) throws Exception {
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            while (channel.read(buffer) >= 0) {
                // more
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
        }
    }

    private BoundSockets open(Address address) throws EcdysisException {
        BoundSockets sockets = factory.bind("test", address);
        opened.add(sockets);
        return sockets;
    }

    private void pass(String name, Fd descriptor) {
        passed.put(3 + passed.size(), descriptor);
        names.add(name);
    }

    private BoundSockets pass(String name, Address address) throws EcdysisException {
        BoundSockets sockets = open(address);
        sockets.sockets().forEach(socket -> pass(name, socket));
        return sockets;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    /// What the child wrote. It has the descriptors from 3 on, and the variables that say so to the process that LISTEN_PID
    /// names.
    private List<String> child(String pid, String... listeners) throws Exception {
        Path output = folder.resolve("output");
        List<byte[]> words = Stream
                .of(Stream.of("sh", "-c", "LISTEN_PID=" + pid + " exec \"$@\" >" + output + " 2>&1", "sh"),
                        TinyServer.java(Child.class).stream(), Stream.of(listeners))
                .flatMap(each -> each).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
        List<byte[]> environment = Stream.of("LISTEN_FDS=" + names.size(), "LISTEN_FDNAMES=" + String.join(":", names),
                "PATH=/usr/bin:/bin", notifySocket).map(entry -> entry.getBytes(StandardCharsets.UTF_8)).toList();
        int started = POSIX.spawn(new SpawnRequest("/bin/sh", words, environment,
                folder.toString().getBytes(StandardCharsets.UTF_8), passed));
        try (Fd pidfd = POSIX.pidfdOpen(started)) {
            try {
                PollFd exit = new PollFd(pidfd, Linux.POLLIN);
                POSIX.poll(List.of(exit), LIMIT_MILLIS);
                assertThat(exit.isReady()).as("it has ended").isTrue();
            } finally {
                POSIX.pidfdSendSignal(pidfd, Linux.SIGKILL);
                POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), LIMIT_MILLIS);
                POSIX.waitid(pidfd);
            }
        }
        return Files.readAllLines(output);
    }

    private static String place(BoundSockets sockets) {
        return sockets.local().toString();
    }

    @Test
    void whatIsPassedIsFoundByNameElseByAddressAndOutlivesTheServer() throws Exception {
        BoundSockets group = pass("web", ANY.sockets(3));
        BoundSockets byAddress = pass("unit.socket", ANY);
        pass("again", byAddress.sockets().getFirst());
        BoundSockets path = pass("path", Unix.of(folder.resolve("s")));
        BoundSockets byPath = pass("unit.socket", Unix.of(folder.resolve("t")));
        BoundSockets elsewhere = pass("elsewhere", ANY);
        List<String> said = child("$$", "web=systemd:web", "plain=tcp:" + place(byAddress), "path=tcp:127.0.0.1:1",
                "other=unix:" + folder.resolve("t"), "elsewhere=unix:" + folder.resolve("none"), "own=tcp:127.0.0.1:0",
                "again=systemd:again");

        assertThat(said).contains("web SERVICE_MANAGER 3 " + place(group) + " web",
                "plain SERVICE_MANAGER 1 " + place(byAddress) + " plain",
                "path SERVICE_MANAGER 1 " + place(path) + " path",
                "other SERVICE_MANAGER 1 " + place(byPath) + " other",
                "elsewhere SERVICE_MANAGER 1 " + place(elsewhere) + " elsewhere");
        assertThat(said).anyMatch(line -> line.startsWith("own BOUND_HERE 1 "));
        assertThat(said).as("its children know nothing of it")
                .noneMatch(line -> line.startsWith("LISTEN_") || line.contains("-> socket:"));
        assertThat(said).as("one socket counts once").anyMatch(line -> line.contains("cannot listen on systemd:again"));
        assertThat(folder.resolve("none")).doesNotExist();
        for (BoundSockets kept : List.of(group, byAddress, path, byPath, elsewhere)) {
            assertStillListens(kept);
        }
    }

    private static void assertStillListens(BoundSockets kept) throws Exception {
        SocketAddress address = kept.local().toSocketAddress();
        for (int i = 0; i < 8; i++) { // each of a group has some
            try (SocketChannel channel = SocketChannel.open(address)) {
                assertThat(channel.isConnected()).isTrue();
                assertThat(kept.connectionWaits()).isTrue();
                kept.sockets().forEach(SocketActivationTest::acceptAll);
            }
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            assertThat(unix.getPath()).exists();
        }
    }

    private static void acceptAll(Fd listener) {
        try {
            while (true) {
                POSIX.accept4(listener).close();
            }
        } catch (PosixException e) {
            assertThat(e).hasMessageContaining("EAGAIN");
        }
    }

    @Test
    void whatNoListenerCanHaveIsNamed() throws Exception {
        Fd datagrams = POSIX.socket(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
        opened.add(datagrams);
        pass("dns", datagrams);
        Fd counter = POSIX.eventfd();
        opened.add(counter);
        pass("state", counter);
        BoundSockets one = pass("two", ANY);
        BoundSockets two = pass("two", ANY);
        List<String> said = child("$$", "a=systemd:dns", "b=systemd:state", "c=systemd:two", "d=systemd:none",
                "two=tcp:" + place(two));

        assertThat(said).anyMatch(line -> line.contains("on systemd:dns (a)") && line.contains("a datagram socket on")
                && line.contains("ListenStream="));
        assertThat(said).anyMatch(line -> line.contains("on systemd:state (b)") && line.contains("no socket"));
        assertThat(said).anyMatch(line -> line.contains("on systemd:two (c)") && line.contains(place(one))
                && line.contains(place(two)) && line.contains("FileDescriptorName="));
        assertThat(said).anyMatch(line -> line.contains("on systemd:none (d)") && line.contains("'dns' a datagram")
                && line.contains("'state' no socket") && line.contains("'two' on " + place(one)));
        assertThat(said).contains("two SERVICE_MANAGER 1 " + place(two) + " two");
        assertThat(said).anyMatch(line -> line.contains("no listener claims 'two' on " + place(one))
                && line.contains("closed here"));
        assertThat(said).anyMatch(line -> line.contains("no listener claims 'state'") && line.contains("left alone"));
        assertThat(said).contains("start 0", "start 1");
        assertStillListens(one);
    }

    @Test
    void whatIsMeantForAnotherProcessIsNotTouched() throws Exception {
        BoundSockets theirs = pass("web", ANY);
        List<String> said = child("1", "web=systemd:web", "own=tcp:127.0.0.1:0");
        assertThat(said).anyMatch(line -> line.contains("on systemd:web (web)") && line.contains("nothing at all")
                && line.contains("LISTEN_PID names process 1"));
        assertThat(said).anyMatch(line -> line.startsWith("own BOUND_HERE 1 "))
                .noneMatch(line -> line.startsWith("LISTEN_"));
        assertStillListens(theirs);
    }

    /// What came from its store, what a unit has as well, what is new, and what nobody has any more.
    @Test
    void theStoreIsToldWhatThereIs() throws Exception {
        BoundSockets kept = pass("ecdysis.kept", ANY.sockets(2));
        pass("ecdysis.gone", ANY);
        BoundSockets moved = pass("ecdysis.old-name", ANY);
        BoundSockets both = pass("ecdysis.both", ANY);
        pass("both", both.sockets().getFirst());
        Path path = folder.resolve("notify");
        Fd manager = POSIX.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0);
        opened.add(manager);
        POSIX.bind(manager, new SockAddr.Unix(path));
        notifySocket = "NOTIFY_SOCKET=" + path;
        List<String> said = child("$$", "store", "kept=tcp:127.0.0.1:0", "new-name=tcp:" + place(moved),
                "both=systemd:both", "own=tcp:127.0.0.1:0");

        assertThat(said).contains("kept SERVICE_MANAGER 2 " + place(kept) + " kept",
                "new-name SERVICE_MANAGER 1 " + place(moved) + " new-name",
                "both SERVICE_MANAGER 1 " + place(both) + " both");
        String own = said.stream().filter(line -> line.startsWith("own BOUND_HERE 1 ")).findFirst().orElseThrow();
        assertThat(told(manager)).startsWith("FDSTOREREMOVE=1 FDNAME=ecdysis.both",
                "FDSTOREREMOVE=1 FDNAME=ecdysis.gone",
                "FDSTOREREMOVE=1 FDNAME=ecdysis.old-name",
                "FDSTORE=1 FDNAME=ecdysis.kept FDPOLL=0 " + place(kept) + " " + place(kept),
                "FDSTORE=1 FDNAME=ecdysis.new-name FDPOLL=0 " + place(moved),
                "FDSTORE=1 FDNAME=ecdysis.own FDPOLL=0 " + own.split(" ", 5)[3]);
    }

    /// What concerns the store, with the addresses of the sockets that came along.
    private static List<String> told(Fd manager) throws Exception {
        List<String> lines = new ArrayList<>();
        while (true) {
            PollFd next = new PollFd(manager, Linux.POLLIN);
            if (POSIX.poll(List.of(next), 0) == 0) {
                return lines;
            }
            ByteBuffer buffer = ByteBuffer.allocate(10_000);
            Received received = POSIX.recvmsg(manager, buffer);
            StringBuilder line = new StringBuilder(new String(buffer.array(), 0, buffer.position(),
                    StandardCharsets.US_ASCII).replace('\n', ' '));
            for (Fd one : received.descriptors()) {
                line.append(' ').append(POSIX.getsockname(one));
                one.close();
            }
            if (line.toString().startsWith("FDSTORE")) {
                lines.add(line.toString());
            }
        }
    }

    @Test
    void aDescriptorThatIsNotThereIsAnError() throws Exception {
        pass("web", ANY);
        names.addAll(Collections.nCopies(1_000, "lost")); // more than a JVM has opened itself by then
        List<String> said = child("$$", "web=systemd:web");
        assertThat(said).anyMatch(line -> line.contains("LISTEN_FDS names descriptor ") && line.contains("(lost)"));
    }
}
