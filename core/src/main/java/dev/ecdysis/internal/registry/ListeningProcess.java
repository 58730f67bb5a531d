package dev.ecdysis.internal.registry;

import dev.ecdysis.internal.posix.OwnProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds out which process listens on a port, for the message of a bind that failed. It looks through
/// `/proc`, and gives up after a while: a message is not worth a slow start.
final class ListeningProcess {
    private static final long LIMIT = 1_000_000_000L;
    private static final Path PROC = Path.of("/proc");
    private static final String LISTEN = "0A";

    private final long deadline = System.nanoTime() + LIMIT;

    private ListeningProcess() {
    }

    /// `process 123 (nginx)`; empty when nobody listens, or it cannot be told who.
    static Optional<String> onPort(int port) {
        return onPort(PROC.resolve("net"), port);
    }

    /// @param tables the folder with the kernel's tables of sockets
    static Optional<String> onPort(Path tables, int port) {
        try {
            return new ListeningProcess().find(tables, port);
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
    }

    /// `process 123 (nginx)`, `this process` for our own.
    ///
    /// @param pid who called listen(2), as `SO_PEERCRED` has it: 0 when that was outside of this pid namespace, and
    ///        perhaps a process that has ended since, while another that it handed the socket to goes on
    static String describe(long pid) {
        if (pid == OwnProcess.pid()) {
            return "this process";
        } else if (pid == 0) {
            return "a process of another pid namespace";
        }
        try {
            return "process " + pid + " (" + Files.readString(PROC.resolve(pid + "/comm")).strip() + ")";
        } catch (NoSuchFileException e) {
            return "a process that got the socket from process " + pid + ", which has ended,";
        } catch (IOException e) {
            return "process " + pid;
        }
    }

    private Optional<String> find(Path tables, int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        addListening(tables.resolve("tcp"), port, sockets);
        addListening(tables.resolve("tcp6"), port, sockets);
        if (sockets.isEmpty()) {
            return isLate() ? Optional.of("another process") : Optional.empty();
        }
        // First, because it takes no time: a listener that was opened twice.
        if (holdsOneOf(PROC.resolve("self"), sockets)) {
            return Optional.of(describe(OwnProcess.pid()));
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isLate()) {
                    break;
                }
                if (holdsOneOf(process, sockets)) {
                    return Optional.of(describe(Long.parseLong(process.getFileName().toString())));
                }
            }
        }
        return Optional.of(isLate() ? "another process" : "a process that this user may not look into");
    }

    /// Adds `socket:[INODE]` of each socket that listens on the port. Listening sockets come first in these files, before
    /// what may be tens of thousands of connections. Without IPv6 (`ipv6.disable=1`) there is none for it.
    private void addListening(Path table, int port, Set<String> sockets) throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        try (BufferedReader lines = Files.newBufferedReader(table)) {
            String heading = lines.readLine();
            boolean listening = heading != null;
            for (String line = lines.readLine(); line != null && listening && !isLate(); line = lines.readLine()) {
                String[] columns = line.strip().split(" +", -1);
                listening = columns.length > 9 && columns[3].equals(LISTEN);
                if (listening && columns[1].endsWith(suffix)) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (NoSuchFileException e) {
            return;
        }
    }

    private boolean holdsOneOf(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isLate()) {
                    return false;
                }
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false; // not ours to look into, or just ended
        }
        return false;
    }

    private boolean isLate() {
        return System.nanoTime() - deadline >= 0;
    }
}
