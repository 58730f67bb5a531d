package dev.ecdysis.internal.posix;

/// Who connected to a Unix socket, as the kernel recorded it at connect: `struct ucred`.
public record PeerCredentials(int pid, int uid, int gid) {
}
