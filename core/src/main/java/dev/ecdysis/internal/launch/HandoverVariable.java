package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.procfs.ProcFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The environment variable by which a process knows that an upgrade started it: `v1:FD:PREDECESSOR:SOCKET`, with the
/// descriptor of its end of the socket pair, the predecessor's pid, and the socket's inode.
///
/// What it says is checked against the kernel, so one that was made up is noticed. `process.InheritedVariable` knows one that was
/// inherited from the successor it was meant for.
public record HandoverVariable(int descriptor, long predecessor, long inode) {
    public static final String NAME = "ECDYSIS_HANDOVER";
    /// The descriptor that a successor's end of the socket pair has.
    public static final int SOCKET_IN_CHILD = 3;

    private static final String PREFIX = NAME + "=";

    /// Finds the variable in an environment.
    ///
    /// @throws IOException when it is there and not of that form
    public static Optional<HandoverVariable> find(List<byte[]> environment) throws IOException {
        Optional<byte[]> value = ProcFiles.variable(environment, NAME);
        return value.isPresent() ? Optional.of(parse(new String(value.get(), StandardCharsets.ISO_8859_1)))
                : Optional.empty();
    }

    /// Finds the variable in the environment that this process was started with. `System.getenv()` is left alone: once
    /// it has been called, the JVM hands its copy to every child, and nothing can be taken out of it any more.
    public static Optional<HandoverVariable> findInThisProcess(Posix posix) throws IOException {
        return find(ProcFiles.environment(posix));
    }

    private static List<byte[]> environment(String pid) throws IOException {
        return ProcFiles.zeroTerminated(Path.of("/proc", pid, "environ"));
    }

    /// Whether that process was started with the same one.
    public boolean isIn(String pid) {
        try {
            return find(environment(pid)).equals(Optional.of(this));
        } catch (IOException e) { // ended, not ours to look into, or with another one that is broken
            return false;
        }
    }

    public String socket() {
        return "socket:[" + inode + "]";
    }

    /// Whether this process has the socket where the variable says.
    public boolean namesOurSocket() {
        return descriptor >= 3 && ProcFiles.descriptor(descriptor).equals(Optional.of(socket()));
    }

    private static HandoverVariable parse(String value) throws IOException {
        String[] parts = value.split(":", -1);
        try {
            if (parts.length == 4 && parts[0].equals("v1")) {
                return new HandoverVariable(Integer.parseInt(parts[1]), Long.parseLong(parts[2]),
                        Long.parseLong(parts[3]));
            }
        } catch (NumberFormatException e) {
            throw wrong(value, "it is not of the form v1:FD:PID:INODE");
        }
        throw wrong(value, "it is not of the form v1:FD:PID:INODE");
    }

    /// The entry for the environment of a successor.
    byte[] entry() {
        return (PREFIX + value()).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String value() {
        return "v1:" + descriptor + ":" + predecessor + ":" + inode;
    }

    static boolean isEntry(byte[] entry) {
        return new String(entry, StandardCharsets.ISO_8859_1).startsWith(PREFIX);
    }

    /// Takes ownership of the descriptor that the variable names, once the kernel has confirmed it.
    ///
    /// @throws IOException when the variable is stale or forged
    public Fd open(Posix posix) throws IOException {
        if (!namesOurSocket()) {
            throw wrong(value(), "descriptor " + descriptor + " is not that socket");
        }
        Fd fd = Fd.own(posix, descriptor);
        boolean kept = false;
        try {
            PeerCredentials creator = posix.peerCredentials(fd);
            if (posix.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN) != Linux.AF_UNIX || creator.pid() != predecessor
                    || creator.uid() != posix.geteuid()) {
                throw wrong(value(), "that socket was made by process " + creator.pid() + " of user " + creator.uid());
            }
            posix.setCloseOnExec(fd);
            posix.setNonBlocking(fd);
            kept = true;
            return fd;
        } finally {
            if (!kept) {
                fd.release();
            }
        }
    }

    private static IOException wrong(String value, String why) {
        return new IOException("the environment variable " + NAME + "=" + value + " is stale or forged: " + why
                + "; unset it to start as a first generation");
    }
}
