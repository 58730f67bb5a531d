package dev.ecdysis.internal.procfs;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Where another process listens on Unix stream sockets: the sockets among its descriptors, and what the kernel says of
/// them, see proc_net(5).
public final class ListeningPaths {
    private static final String SOCKET = "socket:[";
    /// SOCK_STREAM, in four hexadecimal digits.
    private static final String STREAM = "0001";
    /// __SO_ACCEPTCON of the kernel's `net.h`: listen(2) was called.
    private static final String LISTENING = "00010000";
    /// Num, RefCount, Protocol, Flags, Type, St, Inode, Path.
    private static final int COLUMNS = 8;

    private ListeningPaths() {
    }

    /// Absolute ones, in no order.
    ///
    /// @param atMost how many are enough
    public static List<Path> of(long pid, int atMost) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> inodes = inodes(process.resolve("fd"));
        List<Path> paths = new ArrayList<>();
        // Whatever bytes a path has, it must not keep the others from being read.
        try (BufferedReader sockets = Files.newBufferedReader(process.resolve("net/unix"),
                StandardCharsets.ISO_8859_1)) {
            for (String line = sockets.readLine(); line != null && paths.size() < atMost; line = sockets.readLine()) {
                String[] columns = line.split(" +", COLUMNS);
                if (columns.length == COLUMNS && columns[3].equals(LISTENING) && columns[4].equals(STREAM)
                        && columns[7].startsWith("/") && inodes.contains(columns[6])) {
                    add(paths, new String(columns[7].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
                }
            }
        }
        return paths;
    }

    private static void add(List<Path> paths, String path) {
        try {
            paths.add(Path.of(path));
        } catch (InvalidPathException e) {
            return; // in a locale that does not know its characters
        }
    }

    private static Set<String> inodes(Path descriptors) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                String target = target(descriptor);
                if (target.startsWith(SOCKET)) {
                    inodes.add(target.substring(SOCKET.length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    /// Empty when it has been closed meanwhile.
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
