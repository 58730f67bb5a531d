package dev.ecdysis.internal.process;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.procfs.ChildProcesses;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.procfs.ProcessStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A process between this one and a successor, by which the successor falls to systemd while this process still drains:
/// [setsid(1)](https://man7.org/linux/man-pages/man1/setsid.1.html) with `--fork --wait`. While it is there it hands on
/// the successor's exit status; when it has been killed, the successor's parent is whoever takes in orphans.
///
/// systemd waits for the end of its own children only. One that `MAINPID=` names, and whose parent is another process, it
/// kills at a stop without any time to end, and never asks again whose child it is.
///
/// @param pid of setsid
/// @param pidfd readable when it has ended; owned by whoever holds this
public record ForkHelper(int pid, Fd pidfd) {
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));
    /// One that knows neither of the options.
    private static final String BUSYBOX = "busybox";
    private static final List<String> WORDS = List.of("setsid", "--fork", "--wait", "--");
    private static final Path PROC = Path.of("/proc");
    /// It forks at once.
    private static final Duration AT_MOST = Duration.ofSeconds(5);
    private static final int LOOK_MILLIS = 1;

    /// Where it is on this machine; empty when there is none that can be used.
    public static Optional<Path> find() {
        return PLACES.stream().filter(ForkHelper::isUsable).findFirst();
    }

    private static boolean isUsable(Path place) {
        try {
            return Files.isExecutable(place) && !place.toRealPath().endsWith(BUSYBOX);
        } catch (IOException e) { // it is gone by now
            return false;
        }
    }

    /// The words that have it start a program. The program's own name is the path: setsid knows no other.
    static List<byte[]> words(Path program, List<byte[]> arguments) {
        List<byte[]> words = new ArrayList<>();
        for (String word : WORDS) {
            words.add(word.getBytes(StandardCharsets.US_ASCII));
        }
        words.add(FileNames.bytes(program));
        words.addAll(arguments.subList(Math.min(1, arguments.size()), arguments.size()));
        return words;
    }

    /// The one whose child this process is: its predecessor was killed before it could end it. Empty when there is none.
    ///
    /// @return with a descriptor of it, which the caller owns
    public static Optional<ForkHelper> aboveThisProcess(Posix posix) throws IOException {
        int parent = (int) parentOf(OwnProcess.pid());
        if (!isOne(parent)) {
            return Optional.empty();
        }
        Fd pidfd = posix.pidfdOpen(parent);
        if (parentOf(OwnProcess.pid()) == parent) {
            return Optional.of(new ForkHelper(parent, pidfd));
        }
        pidfd.close(); // it has ended, and its number may be another's
        return Optional.empty();
    }

    /// Whose child this process is, or the helper that is above it.
    public static long starterOfThisProcess() throws IOException {
        long parent = parentOf(OwnProcess.pid());
        return isOne(parent) ? parentOf(parent) : parent;
    }

    private static long parentOf(long pid) throws IOException {
        return ProcessStat.read(PROC, pid).parent();
    }

    /// By its words: nothing but this library starts a process of a server in this way. A launch script that did would be
    /// turned down.
    private static boolean isOne(long pid) throws IOException {
        Path file = PROC.resolve(pid + "/cmdline");
        if (!Files.isReadable(file)) {
            return false; // somebody else's, or hidden
        }
        List<byte[]> words = ProcFiles.zeroTerminated(file);
        for (int i = 0; i < WORDS.size(); i++) {
            if (i >= words.size() || !WORDS.get(i).equals(new String(words.get(i), StandardCharsets.US_ASCII))) {
                return false;
            }
        }
        return true;
    }

    /// Waits until there is a child, which takes a moment.
    ///
    /// @return its pid, and a descriptor of it, which the caller owns; empty when it has come and gone, and this with it
    /// @throws IOException when there is none in time
    Optional<SuccessorProcess.Child> child(Posix posix) throws IOException {
        long end = System.nanoTime() + AT_MOST.toNanos();
        PollFd ended = new PollFd(pidfd, Linux.POLLIN);
        while (System.nanoTime() < end) {
            OptionalInt found = ChildProcesses.firstOf(pid);
            Optional<SuccessorProcess.Child> child = found.isPresent() ? open(posix, found.getAsInt())
                    : Optional.empty();
            if (child.isPresent()) {
                return child;
            }
            posix.poll(List.of(ended), LOOK_MILLIS);
            if (ended.isReady()) {
                return Optional.empty();
            }
        }
        throw new IOException("setsid --fork --wait, process " + pid + ", has started nothing within "
                + AT_MOST.toSeconds() + " s");
    }

    private Optional<SuccessorProcess.Child> open(Posix posix, int child) throws IOException {
        Fd descriptor;
        try {
            descriptor = posix.pidfdOpen(child);
        } catch (PosixException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty(); // it has ended
            }
            throw e;
        }
        if (ChildProcesses.isChild(pid, child)) {
            return Optional.of(new SuccessorProcess.Child(child, descriptor));
        }
        descriptor.close(); // it has ended, and its number may be another's
        return Optional.empty();
    }
}
