package dev.ecdysis.internal.registry;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.NamedDescriptor.Origin;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The descriptors of one listener, and who made them. It owns them: they are closed by [#close()] and nobody
/// else.
///
/// All methods may be called from any thread.
public final class BoundSockets implements AutoCloseable {
    private static final System.Logger LOG = Log.of(BoundSockets.class);

    private final Posix posix;
    private final String name;
    private final SocketKind kind;
    private final String address;
    private final List<Fd> sockets;
    private final SockAddr local;
    /// Of a Unix socket.
    private final @Nullable SocketPlace place;
    private final Origin origin;
    private final boolean control;
    /// Who has them open too, whatever becomes of our processes.
    private volatile @Nullable Keeper keeper;

    private BoundSockets(Posix posix, String name, SocketKind kind, String address, List<Fd> sockets, SockAddr local,
            @Nullable SocketPlace place, Origin origin, boolean control, @Nullable Keeper keeper) {
        this.posix = posix;
        this.name = name;
        this.kind = kind;
        this.address = address;
        this.sockets = List.copyOf(sockets);
        this.local = local;
        this.place = place;
        this.origin = origin;
        this.control = control;
        this.keeper = keeper;
    }

    static BoundSockets bound(Posix posix, String name, String address, List<Fd> sockets, SockAddr local,
            boolean control) {
        return new BoundSockets(posix, name, SocketKind.STREAM, address, sockets, local, null, Origin.BOUND_HERE,
                control, null);
    }

    static BoundSockets boundToPath(Posix posix, String name, String address, Fd socket, UnixPath path,
            boolean control) {
        return new BoundSockets(posix, name, SocketKind.STREAM, address, List.of(socket),
                new SockAddr.Unix(path.path()),
                SocketPlace.of(path.path(), path.device(), path.inode()), Origin.BOUND_HERE, control, null);
    }

    /// Takes over what another process has bound. Nothing that it says is believed:
    /// the kernel is asked whether these are sockets of that kind. They become non-blocking, as all
    /// are.
    ///
    /// @param address what was asked for when it was bound, as [dev.ecdysis.Address#toString()] writes it
    /// @param device of a Unix path, else 0
    /// @param inode of a Unix path, else 0
    /// @param keeper who has them open too
    /// @param sockets owned by this method from the call on: they are closed when it throws
    public static BoundSockets inherited(Posix posix, String name, SocketKind kind, String address, long device,
            long inode, boolean control, @Nullable Keeper keeper, List<Fd> sockets) throws EcdysisException {
        try {
            SockAddr local = InheritedSockets.check(posix, name, kind, address, sockets);
            return new BoundSockets(posix, name, kind, address, sockets, local,
                    SocketPlace.of(local, device, inode), Origin.PREDECESSOR, control, keeper);
        } catch (EcdysisException | RuntimeException e) {
            sockets.forEach(Fd::close);
            throw e;
        }
    }

    /// What a service manager has passed to this process, for the listener of that name. The kernel is asked as for what is
    /// inherited, and the sockets stay the caller's when this throws.
    public static BoundSockets passed(Posix posix, String name, Keeper keeper, List<Fd> sockets)
            throws EcdysisException {
        String address = Activated.of(keeper.name()).toString();
        SockAddr local = InheritedSockets.check(posix, name, SocketKind.STREAM, address, sockets);
        return new BoundSockets(posix, name, SocketKind.STREAM, address, sockets, local, SocketPlace.found(local),
                Origin.SERVICE_MANAGER, false, keeper);
    }

    public String name() {
        return name;
    }

    /// What kind of socket all of them are.
    public SocketKind kind() {
        return kind;
    }

    /// What was asked for when it was bound, as [dev.ecdysis.Address#toString()] writes it.
    public String address() {
        return address;
    }

    /// One, or the members of an `SO_REUSEPORT` group in order.
    public List<Fd> sockets() {
        return sockets;
    }

    /// What it is bound to, as the kernel says.
    public SockAddr local() {
        return local;
    }

    /// The device of a Unix path, else 0.
    public long device() {
        return place == null ? 0 : place.device();
    }

    /// The inode of a Unix path, else 0. It is the file's, not the socket's.
    public long inode() {
        return place == null ? 0 : place.inode();
    }

    public Origin origin() {
        return origin;
    }

    /// Whether they came from outside rather than being bound by this process.
    public boolean inherited() {
        return origin != Origin.BOUND_HERE;
    }

    /// Whether it is the control socket.
    public boolean control() {
        return control;
    }

    /// Who has them open too, so that they are never filtered, shut down, changed or unlinked; empty when nobody has.
    public Optional<Keeper> keeper() {
        return Optional.ofNullable(keeper);
    }

    public boolean isKept() {
        return keeper != null;
    }

    /// Whether a service manager has opened them, and says alone where and how: what it only stores is this program's.
    public boolean isUnits() {
        Keeper known = keeper;
        return known != null && known.isUnit();
    }

    /// A service manager has them open too, from now on.
    public void keptBy(Keeper other) {
        keeper = other;
    }

    public boolean isTcp() {
        return local instanceof SockAddr.Inet4 || local instanceof SockAddr.Inet6;
    }

    /// Whether that is the address of these sockets, in whatever words: another path to the same file, or a name of the
    /// same host.
    public boolean isAt(Address asked) {
        if (address.equals(asked.toString())) {
            return true;
        }
        return switch (asked) {
            case Tcp tcp -> isPort(tcp.port()) && Hosts.isAt(local, tcp.host());
            case Unix unix -> place != null && place.isAt(unix.path());
            case Activated activated -> isUnits() && isKeptAs(activated.name());
        };
    }

    /// Whether a listener of the same name with that address is this one: because they [are there][#isAt], or because a
    /// service manager has given them the listener's name, and so says where it is.
    public boolean isFor(Address asked) {
        return isAt(asked) || (isUnits() && isKeptAs(name) && !(asked instanceof Activated));
    }

    private boolean isKeptAs(String there) {
        Keeper known = keeper;
        return known != null && known.name().equals(there);
    }

    /// With port 0 it is the one that the kernel chose for generation 0, also for one whose listener has stored it.
    private boolean isPort(int asked) {
        return Hosts.port(local) == asked || (asked == 0 && isTcp() && (address.endsWith(":0") || isStored()));
    }

    private boolean isStored() {
        Keeper known = keeper;
        return known != null && known.stores(name);
    }

    /// The same sockets under the words that this version has for their [address][#isAt]. Those that are elsewhere, by the
    /// will of a service manager, are called as they are there.
    public BoundSockets under(Address asked) {
        SocketPlace known = place;
        SocketPlace found = asked instanceof Unix unix && known != null && !unix.path().equals(known.path())
                ? SocketPlace.of(unix.path(), known.device(), known.inode()) : known;
        Keeper kept = keeper;
        String words = kept == null || isAt(asked) ? asked.toString() : Activated.of(kept.name()).toString();
        return new BoundSockets(posix, name, kind, words, sockets, local, found, origin, control, kept);
    }

    /// Whether nobody can bind that address while these are open.
    public boolean occupies(Address address) {
        return switch (address) {
            case Tcp tcp -> Hosts.port(local) == tcp.port() && Hosts.overlaps(local, tcp.host());
            case Unix unix -> place != null && place.isAt(unix.path());
            case Activated _ -> false;
        };
    }

    /// Keeps new connections out, while those in the accept queue can still be accepted. There is no way
    /// back.
    ///
    /// TCP ignores a SYN from now on; handshakes under way complete. A Unix path is removed if it is ours,
    /// and what connects nevertheless is refused.
    ///
    /// @throws IOException when the kernel does not let this user attach a filter (`EPERM` without
    ///        `CAP_NET_ADMIN` on some): newcomers come in as before then
    public void refuseNewcomers() throws IOException {
        if (isKept()) {
            throw new IllegalStateException("a service manager has listener " + name + " open too");
        }
        unlinkIfOurs();
        for (Fd socket : sockets) {
            if (isTcp()) {
                posix.attachFilter(socket, SynFilter.PROGRAM);
            } else {
                posix.shutdown(socket, Linux.SHUT_RD);
            }
        }
    }

    /// [#refuseNewcomers()], as far as this user may.
    ///
    /// @return whether newcomers are kept out; never those of [kept][#isKept()] sockets, which would be deaf for good
    public boolean keepNewcomersOut() {
        if (isKept()) {
            return false;
        }
        try {
            refuseNewcomers();
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "listener " + name + ": newcomers are not kept out: " + e.getMessage());
            return false;
        }
    }

    /// Removes the path of a Unix socket, if it still is the file that was made for this socket. The last
    /// owner of the socket calls this; whoever [keeps][#isKept()] it is still there.
    public void unlinkIfOurs() {
        if (place != null && !isKept()) {
            try {
                place.unlink();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "listener " + name + ": could not remove " + place.path(), e);
            }
        }
    }

    /// Whether it has a path and nobody is to be found there any more, because of whoever cleans folders up, or moved a
    /// link: then nobody new can reach the socket, and no generation ever will unless it is bound anew. Another file in
    /// its place is reported only, unless it is a socket that a server has left behind: somebody may listen there.
    public boolean isPathGone() {
        if (place == null || isUnits() || place.inode() == 0 || place.isAt(place.path())) {
            return false; // what somebody else has made is not for us to make anew
        }
        try {
            Optional<UnixPath> other = place.other();
            if (other.isEmpty() || UnixSockets.isAbandoned(posix, other.get())) {
                return true;
            }
            LOG.log(System.Logger.Level.WARNING, "listener " + name + ": " + place.path()
                    + " is another file by now, and whoever connects to it does not come here");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "listener " + name + ": could not look at " + place.path(), e);
        }
        return false;
    }

    /// The folder of its path, when that is gone as well.
    public Optional<Path> missingFolder() {
        return place != null && !isUnits() && place.isFolderGone() ? Optional.ofNullable(place.path().getParent())
                : Optional.empty();
    }

    /// Makes inherited sockets wholly this process's, once nobody else accepts from them any more: the kernel names it as the
    /// one that listens (`SO_PEERCRED` of whoever connects to a Unix socket), with the options that this version asks for.
    /// Not before the commit: after a rollback the predecessor must find them as they were. Those that [are a service manager's][#isUnits()]
    /// are left as it made them.
    ///
    /// @return what cannot be done, a line each; that goes on as it was, and the rest is done
    public List<String> makeOwn(Address address) {
        List<String> failed = new ArrayList<>();
        if (isUnits()) {
            return failed;
        }
        for (Fd socket : sockets) {
            try {
                posix.listen(socket, address.backlog());
            } catch (PosixException e) {
                failed.add(String.valueOf(e.getMessage()));
            }
            if (address instanceof Tcp tcp) {
                TcpOptions.change(posix, socket, tcp, local instanceof SockAddr.Inet6, failed);
            }
        }
        if (address instanceof Unix unix && place != null && place.isAt(unix.path())) {
            try {
                UnixSockets.setMode(unix);
            } catch (IOException e) {
                failed.add("the mode of " + unix.path() + ": " + e);
            }
        }
        return failed.stream().distinct().toList();
    }

    /// What these have otherwise than that address asks for, and nothing can change while they are open; a line each.
    public List<String> fixedOtherwise(Tcp address) {
        List<String> lines = new ArrayList<>();
        if (isUnits()) {
            return lines; // for the service manager to say, and not for this version
        }
        if (address.sockets() != sockets.size()) {
            lines.add("the group of " + sockets.size() + " sockets that it inherited, although this version asks for "
                    + address.sockets());
        }
        boolean only = address.ipv6Only().orElse(false);
        // Of a single address the kernel sets it whatever was asked for, because then it says nothing.
        if (local instanceof SockAddr.Inet6 && Hosts.isAny(local)
                && option(Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY) != (only ? 1 : 0)) {
            lines.add("ipv6Only(" + !only + "), which it inherited, although this version asks for ipv6Only(" + only
                    + ")");
        }
        return lines;
    }

    /// Whether a connection waits to be accepted right now.
    public boolean connectionWaits() throws PosixException {
        List<PollFd> set = new ArrayList<>();
        for (Fd socket : sockets) {
            set.add(new PollFd(socket, Linux.POLLIN));
        }
        return posix.poll(set, 0) > 0;
    }

    /// The value of an option of the first socket, 0 when it has no such option.
    public int option(int level, int option) {
        try {
            return posix.getsockopt(sockets.getFirst(), level, option);
        } catch (PosixException e) {
            return 0;
        }
    }

    /// Duplicates, which whoever calls owns.
    ///
    /// @throws IllegalStateException when they were closed
    public int[] duplicates() throws EcdysisException {
        List<Fd> made = new ArrayList<>();
        try {
            for (Fd socket : sockets) {
                made.add(posix.duplicate(socket));
                socket.number(); // still open: so it was no other file of the same number that was duplicated
            }
        } catch (PosixException e) {
            made.forEach(Fd::close);
            throw new EcdysisException(
                    "the descriptors of listener " + name + " cannot be duplicated: " + e.getMessage()
                            + "; raise the limit of open files (ulimit -n, LimitNOFILE=)",
                    e);
        } catch (IllegalStateException e) {
            made.forEach(Fd::close);
            throw new IllegalStateException("listener " + name + " is closed", e);
        }
        return made.stream().mapToInt(Fd::release).toArray();
    }

    /// Closes the descriptors. A path stays: see [#unlinkIfOurs()].
    @Override
    public void close() {
        sockets.forEach(Fd::close);
    }

    @Override
    public String toString() {
        return name + " " + address + " " + sockets;
    }
}
