package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Counts the connections of listeners that this process has open: the sockets among its descriptors that have the address
/// of one. That costs three system calls for each descriptor, whatever else there is on the machine, which the kernel's
/// tables in `/proc/net` would cost.
public final class AcceptedSockets {
    private static final System.Logger LOG = Log.of(AcceptedSockets.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    // enum in linux/tcp_states.h
    private static final int TCP_CLOSE = 7;
    private static final int TCP_LISTEN = 10;

    private final Posix posix;
    private final Path descriptors;

    public AcceptedSockets(Posix posix) {
        this(posix, DESCRIPTORS);
    }

    /// @param descriptors the folder with a link for each descriptor
    AcceptedSockets(Posix posix, Path descriptors) {
        this.posix = posix;
        this.descriptors = descriptors;
    }

    /// Looks now.
    ///
    /// @param listeners what they are, or were, bound to
    /// @return how many connections of each are open, in that order
    /// @throws IOException when the descriptors cannot be listed, for want of one, say
    public long[] count(List<SockAddr> listeners) throws IOException {
        long[] counts = new long[listeners.size()];
        Set<String> seen = new HashSet<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
            for (Path link : links) {
                String target = target(link);
                if (target.startsWith("socket:")) {
                    int of = listenerOf(Integer.parseInt(link.getFileName().toString()), listeners);
                    if (of >= 0 && seen.add(target)) { // one connection may have several descriptors
                        counts[of]++;
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return counts;
    }

    /// Empty when it was closed since it was listed.
    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /// Whoever owns the descriptor may close it meanwhile, and another socket may get its number: then that one is asked
    /// about, or there is none, and either is right.
    private int listenerOf(int number, List<SockAddr> listeners) {
        Fd socket = Fd.own(posix, number); // not closed here
        try {
            SockAddr local = posix.getsockname(socket);
            for (int i = 0; i < listeners.size(); i++) {
                if (isOf(listeners.get(i), local)) {
                    return isConnected(socket, local) ? i : -1;
                }
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "descriptor " + number + " was closed, or is of another family", e);
        }
        return -1;
    }

    /// An address of the wildcard listener's is any with its port.
    static boolean isOf(SockAddr listener, SockAddr local) {
        return switch (listener) {
            case SockAddr.Inet4 v4 -> local instanceof SockAddr.Inet4 its && its.port() == v4.port()
                    && (Hosts.isAny(v4) || Hosts.isSame(v4, its));
            case SockAddr.Inet6 v6 -> local instanceof SockAddr.Inet6 its && its.port() == v6.port()
                    && (Hosts.isAny(v6) || Hosts.isSame(v6, its));
            case SockAddr.Unix unix -> unix.equals(local);
            case SockAddr.Abstract named -> named.equals(local);
            case SockAddr.Unnamed unnamed -> false;
        };
    }

    private boolean isConnected(Fd socket, SockAddr local) throws PosixException {
        if (local instanceof SockAddr.Unix || local instanceof SockAddr.Abstract) {
            return posix.getsockopt(socket, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN) == 0;
        }
        // struct tcp_info begins with the state, in one byte; one that was reset is closed while its owner has it open.
        int state = posix.getsockopt(socket, Linux.IPPROTO_TCP, Linux.TCP_INFO) & 0xff;
        return state != TCP_CLOSE && state != TCP_LISTEN;
    }
}
