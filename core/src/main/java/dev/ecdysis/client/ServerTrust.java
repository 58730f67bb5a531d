package dev.ecdysis.client;

import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.internal.control.SocketPath;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether whoever listens at a control socket may be told anything: a request may carry secrets, and its answer is
/// believed. A socket that somebody else could have put there is as good as one that he did.
final class ServerTrust {
    private static final int ROOT_USER = 0;
    private static final String CURE = "; have the server's socket in a folder that only its user and root can reach, or"
            + " name the user that the server runs as with --allow-uid";

    private final Path socket;
    private final Set<Integer> users;
    private final @Nullable IOException unknown;

    private ServerTrust(Path socket, Set<Integer> users, @Nullable IOException unknown) {
        this.socket = socket;
        this.users = users;
        this.unknown = unknown;
    }

    /// Looks at the way to the socket, before it is connected to.
    ///
    /// @param allowed the users that the server may run as, wherever its socket lies; when there are none, they are
    ///        this process's user, root, and the owner of the socket's folder, if nobody else could have led the way
    ///        to another folder
    static ServerTrust examine(Posix posix, Path socket, Set<Integer> allowed) throws ControlException {
        int user = posix.geteuid();
        Set<Integer> users = new HashSet<>(allowed);
        users.add(user);
        users.add(ROOT_USER);
        if (!allowed.isEmpty()) {
            return new ServerTrust(socket, users, null);
        }
        SocketPath path;
        try {
            path = SocketPath.examine(socket);
        } catch (IOException e) {
            return new ServerTrust(socket, users, e); // connect(2) meets the same, and its error says more
        }
        Optional<String> weakness = path.weakness(user);
        if (weakness.isPresent()) {
            throw new ControlException(Reason.UNTRUSTED, "nothing was sent to " + socket + ": " + weakness.get()
                    + ", so others could have put their own socket there" + CURE);
        }
        users.add(path.folderOwner());
        return new ServerTrust(socket, users, null);
    }

    /// Looks at who listens. `SO_PEERCRED` names the user of the process that called listen(2), see unix(7).
    void check(Posix posix, Fd connected) throws ControlException, PosixException {
        if (unknown != null) {
            throw new ControlException(Reason.UNTRUSTED, "nothing was sent to " + socket + ": the way to it cannot be"
                    + " examined (" + unknown + ")" + CURE, unknown);
        }
        int peer = posix.peerCredentials(connected).uid();
        if (!users.contains(peer)) {
            throw new ControlException(Reason.UNTRUSTED, "nothing was sent to " + socket + ": user " + peer
                    + " listens there, who is neither this one, nor root, nor the owner of the socket's folder" + CURE);
        }
    }
}
