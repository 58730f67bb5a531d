package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Inodes;
import dev.ecdysis.internal.registry.Keeper;
import dev.ecdysis.internal.registry.SocketFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenersTest {
    private static final Tcp ANY = Tcp.of("127.0.0.1", 0);

    @TempDir
    Path folder;

    private final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
    private final SocketFactory factory = new SocketFactory(posix);
    private final Listeners listeners = new Listeners(factory, Adoption.select(posix),
            Duration.ofSeconds(5));
    private final List<BoundSockets> others = new ArrayList<>();

    /// As it comes from a predecessor, which has the socket too.
    private BoundSockets inherit(String name) throws Exception {
        return inherit(name, ANY);
    }

    private BoundSockets inherit(String name, Address address) throws Exception {
        return inherit(name, address, address.toString(), null);
    }

    private BoundSockets inherit(String name, Address address, String words, @Nullable Keeper keeper) throws Exception {
        BoundSockets theirs = factory.bind(name, address);
        others.add(theirs);
        List<Fd> copies = new ArrayList<>();
        for (Fd socket : theirs.sockets()) {
            copies.add(posix.duplicate(socket));
        }
        listeners.inherit(BoundSockets.inherited(posix, name, theirs.kind(), words, theirs.device(),
                theirs.inode(), false, keeper, copies));
        return theirs;
    }

    @AfterEach
    void nothingIsLeft() {
        listeners.all().forEach(ManagedListener::closeSockets);
        listeners.closeUnclaimed();
        others.forEach(BoundSockets::close);
        assertThat(posix.openDescriptors()).isEmpty();
    }

    @Test
    void theSameNameAndAddressIsTheSameSocket() throws Exception {
        BoundSockets theirs = inherit("http");
        ManagedListener claimed = listeners.open("http", ANY);
        assertThat(claimed.isInherited()).isTrue();
        assertThat(Inodes.of(claimed.sockets())).isEqualTo(Inodes.of(theirs));
        assertThat(listeners.seal()).containsExactly("http");
    }

    @Test
    void anotherAddressIsBoundAndTheInheritedOneIsLeftToThePredecessor() throws Exception {
        BoundSockets theirs = inherit("http");
        ManagedListener bound = listeners.open("http", Tcp.of("127.0.0.2", 0));
        assertThat(bound.isInherited()).isFalse();
        assertThat(((InetSocketAddress) bound.localAddress()).getAddress().getHostAddress()).isEqualTo("127.0.0.2");
        int before = posix.openDescriptors().size();
        assertThat(listeners.seal()).isEmpty();
        assertThat(posix.openDescriptors()).hasSize(before - 1);
        assertThat(Inodes.of(theirs)).hasSize(1);
    }

    /// A service manager says where they are, in whatever words a version asks; and nobody may spoil them for it.
    @Test
    void whatAServiceManagerKeepsIsTheListenersByItsNameThereAndIsSpared() throws Exception {
        Keeper keeper = Keeper.of("unit", "web");
        inherit("a", ANY, "tcp:127.0.0.1:0", keeper);
        inherit("b", Unix.of(folder.resolve("b")), "systemd:web", keeper);
        inherit("web", ANY, "systemd:web", keeper);
        inherit("c", ANY, "tcp:127.0.0.1:0", keeper);
        assertThat(listeners.open("a", Activated.of("web")).isInherited()).isTrue();
        ManagedListener path = listeners.open("b", Unix.of(folder.resolve("b")));
        ManagedListener elsewhere = listeners.open("web", Tcp.of("127.0.0.1", 1));
        assertThat(elsewhere.isInherited()).isTrue();
        assertThat(elsewhere.sockets().address()).isEqualTo("systemd:web");
        assertThat(listeners.open("c", Tcp.of("127.0.0.2", 0)).isInherited()).isFalse();
        for (BoundSockets kept : List.of(path.sockets(), elsewhere.sockets())) {
            assertThat(kept.keepNewcomersOut()).isFalse();
            kept.unlinkIfOurs();
            assertThat(kept.makeOwn(path.address())).isEmpty();
        }
        assertThat(folder.resolve("b")).exists();
        Files.delete(folder.resolve("b"));
        assertThat(path.sockets().isPathGone()).isFalse();
        assertThatThrownBy(() -> listeners.open("new", Activated.of("new"))).isInstanceOf(EcdysisException.class)
                .hasMessageContainingAll("systemd:new (new)",
                        "the predecessor does not have it, but c on tcp:127.0.0.1:0",
                        "stop the server and start it");
        assertThat(listeners.seal()).containsExactlyInAnyOrder("a", "b", "web");
    }

    /// What keeps its socket keeps it whatever it is called, and the next generation is asked by the new words.
    @Test
    void theSameSocketInOtherWordsIsTheSameSocket() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("run"));
        Path alias = Files.createSymbolicLink(folder.resolve("alias"), run.resolve("c"));
        BoundSockets tcp = inherit("tcp", Tcp.of("localhost", 0));
        int port = ((SockAddr.Inet4) tcp.local()).port();
        Map<String, BoundSockets> theirs = Map.of("a", inherit("a", Unix.of(link.resolve("a"))), "c",
                inherit("c", Unix.of(run.resolve("c"))), "tcp", tcp, "any", inherit("any"));
        Map<String, Address> words = Map.of("a", Unix.of(run.resolve("a")), "c", Unix.of(alias), "tcp",
                Tcp.of("127.0.0.1", port), "any", Tcp.of("localhost", 0));
        for (Map.Entry<String, Address> one : words.entrySet()) {
            ManagedListener claimed = listeners.open(one.getKey(), one.getValue());
            assertThat(claimed.isInherited()).as(one.toString()).isTrue();
            assertThat(Inodes.of(claimed.sockets())).isEqualTo(Inodes.of(theirs.get(one.getKey())));
            assertThat(claimed.sockets().address()).isEqualTo(one.getValue().toString());
            claimed.sockets().unlinkIfOurs();
        }
        assertThat(run).isEmptyDirectory();
        assertThat(Files.isSymbolicLink(alias)).isTrue();
        assertThat(listeners.seal()).containsExactlyInAnyOrder("a", "c", "tcp", "any");
    }

    @Test
    void anotherSocketInSimilarWordsIsAnother() throws Exception {
        inherit("path", Unix.of(folder.resolve("s")));
        inherit("host");
        assertThat(listeners.open("path", Unix.of(folder.resolve("t"))).isInherited()).isFalse();
        assertThat(listeners.open("host", Tcp.of("0.0.0.0", 0)).isInherited()).isFalse();
        assertThat(listeners.seal()).isEmpty();
    }

    /// Below a link that leads elsewhere by now, where nothing is, or what another server has left.
    @Test
    void aPathThatLeadsElsewhereIsBoundAnewAndTheOldFileStillKnown() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Path link = Files.createSymbolicLink(folder.resolve("current"), one);
        BoundSockets gone = inherit("gone", Unix.of(link.resolve("gone")));
        inherit("left", Unix.of(link.resolve("left")));
        factory.bind("left", Unix.of(two.resolve("left"))).close();
        inherit("taken", Unix.of(link.resolve("taken")));
        others.add(factory.bind("taken", Unix.of(two.resolve("taken"))));
        Files.delete(link);
        Files.createSymbolicLink(link, two);
        for (String name : List.of("gone", "left")) {
            assertThat(listeners.open(name, Unix.of(link.resolve(name))).isInherited()).as(name).isFalse();
            assertThat(two.resolve(name)).exists();
        }
        assertThat(listeners.open("taken", Unix.of(link.resolve("taken"))).isInherited()).isTrue();
        gone.unlinkIfOurs();
        assertThat(one.resolve("gone")).doesNotExist();
        assertThat(two.resolve("gone")).exists();
    }

    @Test
    void theControlSocketOfThePredecessorIsNamedToo() throws Exception {
        Unix path = Unix.of(folder.resolve("c"));
        BoundSockets theirs = factory.bind(Names.CONTROL, path, true);
        others.add(theirs);
        listeners.inherit(theirs);
        assertThatThrownBy(() -> listeners.open("http", path))
                .hasMessageContaining("the predecessor listens there, as " + Names.CONTROL);
        assertThat(listeners.seal()).isEmpty();
        assertThat(Inodes.of(theirs)).hasSize(1);
    }

    /// Who is told to stop what listens there stops the server.
    @Test
    void whatThePredecessorHoldsUnderAnotherNameOrAddressIsNamed() throws Exception {
        int port = ((SockAddr.Inet4) inherit("web").local()).port();
        Unix path = Unix.of(folder.resolve("s"));
        inherit("unix", path);
        for (Address taken : List.of(Tcp.of("127.0.0.1", port), Tcp.of("0.0.0.0", port), path)) {
            assertThatThrownBy(() -> listeners.open("http", taken)).isInstanceOf(EcdysisException.class)
                    .hasMessageStartingWith("cannot listen on " + taken + " (http): the predecessor listens there, as "
                            + (taken == path ? "unix on " + path : "web on " + ANY) + ", ")
                    .hasMessageEndingWith("; keep both, or stop the server and start this version");
        }
        assertThat(listeners.open("http", Tcp.of("127.0.0.2", port)).isInherited()).isFalse();
        assertThatThrownBy(() -> listeners.open("other", Tcp.of("127.0.0.2", port)))
                .hasMessageContaining("is in use by ");
    }

    @Test
    void namesAreUniqueAndInTime() throws Exception {
        listeners.open("http", ANY);
        assertThatThrownBy(() -> listeners.open("http", ANY)).isInstanceOf(IllegalStateException.class);
        for (String bad : new String[] {"", " ", "a/b", "ä", Names.CONTROL, "x".repeat(65)}) {
            assertThatThrownBy(() -> listeners.open(bad, ANY)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(listeners.seal()).isEmpty();
        assertThatThrownBy(() -> listeners.open("https", ANY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCannotBeBoundLeavesNothing() throws Exception {
        int port = ((InetSocketAddress) listeners.open("first", ANY).localAddress()).getPort();
        int before = posix.openDescriptors().size();
        assertThatThrownBy(() -> listeners.open("second", Tcp.of("127.0.0.1", port)))
                .hasMessageContaining("is in use by ");
        assertThat(posix.openDescriptors()).hasSize(before);
        assertThat(listeners.all()).hasSize(1);
    }

    /// Adoption is reflection into the JDK, where any error may come out.
    @Test
    void whatCannotBeAdoptedForWhateverReasonLeavesNothing() {
        for (Throwable reason : List.of(new IOException("no"), new IllegalStateException("no"),
                new NoSuchMethodError("no"))) {
            Failing second = new Failing(1, reason);
            Listeners two = new Listeners(factory, second, Duration.ofSeconds(5));
            assertThatThrownBy(() -> two.open("tcp", ANY.sockets(2))).hasMessageContaining("no");
            assertThat(second.adopted).hasSize(1).noneMatch(ServerSocketChannel::isOpen);
            Path path = folder.resolve("s");
            Listeners none = new Listeners(factory, new Failing(0, reason), Duration.ofSeconds(5));
            assertThatThrownBy(() -> none.open("unix", Unix.of(path))).hasMessageContaining("no");
            assertThat(path).doesNotExist();
            assertThat(posix.openDescriptors()).as(reason.toString()).isEmpty();
        }
    }

    private final class Failing implements Adoption {
        private final Adoption real = Adoption.select(posix);
        private final List<ServerSocketChannel> adopted = new ArrayList<>();
        private final int working;
        private final Throwable reason;

        private Failing(int working, Throwable reason) {
            this.working = working;
            this.reason = reason;
        }

        @Override
        public ServerSocketChannel adopt(Fd listener) throws IOException {
            if (adopted.size() < working) {
                adopted.add(real.adopt(listener));
                return adopted.getLast();
            }
            switch (reason) {
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                default -> throw (Error) reason;
            }
        }

        @Override
        public String description() {
            return "failing";
        }
    }
}
