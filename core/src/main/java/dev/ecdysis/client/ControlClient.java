package dev.ecdysis.client;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// A connection to a server's control socket. One request at a time; not thread-safe, but [#close()] may be called
/// from any thread and ends a request that is under way.
///
/// An interface for the sake of tests of what uses it; methods may be added.
public interface ControlClient extends AutoCloseable {
    /// Connects to a server that runs as this process's user, as root, or as the owner of the socket's folder, and tells
    /// no other anything. The owner of the folder counts only where nobody else could have led the path to a folder of
    /// his own: no folder above belongs to, or may be written to by, anybody but these three; one with the sticky bit may,
    /// if what the path leads to next is theirs.
    ///
    /// @param atMost how long to wait for the server to take the connection and for each of its answers, unless a
    ///        method says otherwise; more than 0
    /// @throws ControlException when nobody is there, or somebody else; see its reason
    static ControlClient connect(Path controlSocket, Duration atMost) throws ControlException {
        return connect(controlSocket, atMost, Set.of());
    }

    /// Connects to a server that runs as this process's user, as root, or as one of those that are named, wherever its
    /// socket lies: its folders are not looked at.
    ///
    /// @param atMost as for the other method
    /// @param allowedUsers numeric user ids; none at all is as for the other method
    /// @throws ControlException when nobody is there, or somebody else; see its reason
    static ControlClient connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
            throws ControlException {
        return ControlSocketClient.connect(controlSocket, atMost, allowedUsers);
    }

    /// What the serving generation says of itself.
    ServerStatus status() throws ControlException;

    /// Asks for an upgrade and waits for its outcome; there is no time limit but the server's own.
    ///
    /// @param progress told of each step, on this thread
    /// @throws ControlException when the server was lost before it told the outcome
    UpgradeResult upgrade(Consumer<Progress> progress) throws ControlException;

    /// Asks for an upgrade to what this command starts, and waits for its outcome.
    ///
    /// The server starts it, in its own working directory and with the environment that it gives any successor; a program
    /// without a slash is looked for on the PATH of that environment. Once the upgrade is committed, the command takes
    /// the place of the command line that generation 0 was started with. Otherwise nothing is kept of it.
    ///
    /// @param command a program and its arguments, at most 128 words of 2,560 bytes together
    /// @param progress told of each step, on this thread
    /// @throws IllegalArgumentException when there is no program, or the command is too long
    /// @throws ControlException when the server cannot take a command, and then nothing was tried; or as for the other
    ///         method
    UpgradeResult upgrade(List<String> command, Consumer<Progress> progress) throws ControlException;

    /// After an upgrade that was committed: waits until the old process is gone. Its own drain deadline bounds that.
    ///
    /// @param progress told how many connections are left, on this thread
    void awaitDrained(Consumer<Progress> progress) throws ControlException;

    /// Asks the server to stop and waits until its process is gone; while an upgrade is not decided, also until the
    /// other side of it is. Their own drain deadlines bound that. Where the server runs in another pid namespace, a
    /// container's, its processes cannot be watched, and the end of the connection is waited for.
    ///
    /// @param progress told how many connections are left, on this thread
    void stop(Consumer<Progress> progress) throws ControlException;

    /// The server's own view of whether upgrades will work.
    List<Check> doctor() throws ControlException;

    /// Never throws, and does nothing the second time.
    @Override
    void close();
}
