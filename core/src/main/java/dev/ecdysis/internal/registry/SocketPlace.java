package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a Unix socket is to be found: the file that was made for it, whatever name leads there. A name is only text: two
/// of them may lead to one file, as below `/run` and `/var/run`, and one to another file later, as below a link that has
/// moved.
///
/// @param path the name that clients are told
/// @param file the file by its own name, without links; null when it was not to be found under that name any more
/// @param device of the file
/// @param inode of the file; 0 when it is not known
record SocketPlace(Path path, @Nullable Path file, long device, long inode) {
    private static final System.Logger LOG = Log.of(SocketPlace.class);

    /// Of one that was bound just now, or by another process.
    static SocketPlace of(Path path, long device, long inode) {
        Path file = null;
        try {
            if (leadsTo(path, device, inode)) {
                file = path.toRealPath();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "about " + path, e);
        }
        return new SocketPlace(path, file, device, inode);
    }

    private static boolean leadsTo(Path path, long device, long inode) throws IOException {
        Optional<UnixPath> found = inode == 0 ? Optional.empty() : UnixPath.follow(path);
        return found.isPresent() && found.get().is(device, inode);
    }

    /// Whether whoever connects there comes to this socket.
    boolean isAt(Path other) {
        try {
            return leadsTo(other, device, inode);
        } catch (IOException e) { // not for this user to look at, so nothing that it made
            LOG.log(System.Logger.Level.DEBUG, "about " + other, e);
            return false;
        }
    }

    /// What is there instead; empty when nothing is, or this socket.
    Optional<UnixPath> other() throws IOException {
        return UnixPath.follow(path).filter(found -> !found.is(device, inode));
    }

    /// Whether nothing is there, not even the folder.
    boolean isFolderGone() {
        Path folder = path.getParent();
        return inode != 0 && folder != null && Files.notExists(folder);
    }

    /// Removes the file, if it still is the one that was made for this socket.
    void unlink() throws IOException {
        if (inode == 0 || unlink(path)) {
            return;
        }
        if (file != null) {
            unlink(file);
        }
    }

    private boolean unlink(Path name) throws IOException {
        Optional<UnixPath> found = UnixPath.look(name);
        return found.isPresent() && found.get().is(device, inode) && Files.deleteIfExists(name);
    }

    /// Of one that was bound by somebody who does not say which file that made: the one that is there now.
    static @Nullable SocketPlace found(SockAddr local) {
        if (!(local instanceof SockAddr.Unix(Path path))) {
            return null;
        }
        try {
            Optional<UnixPath> there = UnixPath.follow(path).filter(UnixPath::isSocket);
            if (there.isPresent()) {
                return of(path, there.get().device(), there.get().inode());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "about " + path, e);
        }
        return new SocketPlace(path, null, 0, 0);
    }

    static @Nullable SocketPlace of(SockAddr local, long device, long inode) {
        return local instanceof SockAddr.Unix(Path path) ? of(path, device, inode) : null;
    }
}
