package dev.ecdysis.internal.control;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Every step of the way to a control socket, as the kernel goes it, and who could lead it elsewhere: whoever may
/// replace one part of a path can put his own socket at its end, and pose as the server.
///
/// @param steps from the root to the socket, symbolic links resolved
public record SocketPath(List<Step> steps) {
    private static final int ROOT_USER = 0;
    private static final int WRITABLE_BY_OTHERS = 022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;
    /// As many as Linux follows, see path_resolution(7).
    private static final int MOST_LINKS = 40;
    private static final String OWNER = "uid";
    private static final String MODE = "mode";

    /// One name, looked up in one folder.
    ///
    /// @param folder where, without symbolic links
    /// @param folderMode its permission bits
    /// @param entryOwner whom the entry belongs to, a link itself and not what it leads to
    record Step(Path folder, int folderOwner, int folderMode, Path name, int entryOwner) {
        /// What lets somebody else replace this entry. See unlink(2) for the sticky bit.
        private Optional<String> weakness(Set<Integer> trusted) {
            if (!trusted.contains(folderOwner)) {
                return Optional.of(folder + " belongs to user " + folderOwner);
            } else if ((folderMode & WRITABLE_BY_OTHERS) == 0) {
                return Optional.empty();
            } else if ((folderMode & STICKY) == 0) {
                return Optional.of(folder + " has mode 0" + Integer.toOctalString(folderMode));
            }
            return trusted.contains(entryOwner) ? Optional.empty()
                    : Optional.of(folder.resolve(name) + " belongs to user " + entryOwner);
        }
    }

    public SocketPath {
        steps = List.copyOf(steps);
    }

    /// Goes the way to a socket.
    ///
    /// @throws IOException when it cannot be gone to its end: something is missing, or may not be looked at
    public static SocketPath examine(Path socket) throws IOException {
        Path at = Path.of("/");
        Deque<Path> names = new ArrayDeque<>();
        socket.toAbsolutePath().normalize().forEach(names::add);
        List<Step> steps = new ArrayList<>();
        int links = 0;
        while (!names.isEmpty()) {
            Path name = names.pop();
            if (name.toString().equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            Path entry = at.resolve(name);
            steps.add(new Step(at, owner(at), attributes(at, MODE) & PERMISSIONS, name, owner(entry)));
            if (!Files.isSymbolicLink(entry)) {
                at = entry;
                continue;
            }
            links++;
            if (links > MOST_LINKS) {
                throw new FileSystemLoopException(socket.toString());
            }
            Path target = Files.readSymbolicLink(entry);
            at = target.isAbsolute() ? Path.of("/") : at;
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                names.push(target.getName(i));
            }
        }
        if (steps.isEmpty()) {
            throw new NoSuchFileException(socket.toString());
        }
        return new SocketPath(steps);
    }

    private static int owner(Path path) throws IOException {
        return attributes(path, OWNER);
    }

    private static int attributes(Path path, String name) throws IOException {
        Map<String, Object> read = Files.readAttributes(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
        return (Integer) Objects.requireNonNull(read.get(name));
    }

    /// Whom the folder of the socket itself belongs to.
    public int folderOwner() {
        return steps.getLast().folderOwner();
    }

    /// What lets somebody else than this user, root, and the owner of the socket's folder put another socket there.
    ///
    /// @return one clause that names the folder; empty when nobody could
    public Optional<String> weakness(int user) {
        Set<Integer> trusted = Set.copyOf(List.of(user, ROOT_USER, folderOwner()));
        for (Step step : steps) {
            Optional<String> weakness = step.weakness(trusted);
            if (weakness.isPresent()) {
                return weakness;
            }
        }
        return Optional.empty();
    }
}
