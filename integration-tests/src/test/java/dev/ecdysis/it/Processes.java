package dev.ecdysis.it;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html) says of any process, and signals. The
/// JDK's `ProcessHandle` will not do: to it a zombie is alive, and it knows two signals.
final class Processes {
    private static final long DOCKER_MILLIS = 10_000;
    static final int HUP = 1;
    static final int INT = 2;
    static final int KILL = 9;
    static final int TERM = 15;
    static final int CONT = 18;
    private static final int STOP = 19;

    private static final Path PROC = Path.of("/proc");
    private static final Posix POSIX = LinuxPosix.open();

    private Processes() {
    }

    /// The processes that were started with this in their environment, zombies left out.
    static List<Long> withVariable(String entry) throws IOException {
        List<Long> found = new ArrayList<>();
        for (long pid : all()) {
            if (environment(pid).contains(entry)) {
                found.add(pid);
            }
        }
        return found;
    }

    private static List<Long> all() throws IOException {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.map(path -> path.getFileName().toString()).filter(name -> name.matches("\\d+"))
                    .map(Long::valueOf).sorted().toList();
        }
    }

    /// What it was started with; empty when it is gone, or not ours to look at.
    static List<String> environment(long pid) {
        return read(pid, "environ").map(text -> List.of(text.split("\0", -1))).orElse(List.of());
    }

    /// Its state's letter, such as `S`, `T` or `Z`; empty when it is gone.
    static Optional<String> state(long pid) {
        return stat(pid).map(fields -> fields[0]);
    }

    /// Stops it, and returns when none of its threads runs any more: a thread that was running when the signal was
    /// sent may still accept a connection.
    static void stop(long pid) throws Exception {
        signal(pid, STOP);
        Await.until("process " + pid + " stands still",
                () -> tasks(pid).stream()
                        .allMatch(task -> stat(task).map(fields -> fields[0]).orElse("X").matches("[TZX]")));
    }

    /// The leader of its session; empty when it is gone.
    static Optional<Long> session(long pid) {
        return stat(pid).map(fields -> Long.valueOf(fields[3]));
    }

    static boolean isAlive(long pid) {
        return state(pid).filter(state -> !state.equals("Z") && !state.equals("X")).isPresent();
    }

    /// Children that ended and were not waited for.
    static List<Long> zombiesOf(long parent) throws IOException {
        return all().stream().filter(pid -> stat(pid)
                .filter(fields -> fields[0].equals("Z") && fields[1].equals(Long.toString(parent)))
                .isPresent())
                .toList();
    }

    static List<Long> childrenOf(long parent) throws IOException {
        return all().stream()
                .filter(pid -> stat(pid).filter(fields -> fields[1].equals(Long.toString(parent)))
                        .isPresent())
                .toList();
    }

    /// User and system time, in clock ticks of a hundredth of a second.
    static long cpuTicks(long pid) {
        return stat(pid).map(fields -> Long.parseLong(fields[11]) + Long.parseLong(fields[12])).orElseThrow();
    }

    /// How often its threads with such a name went to sleep so far, which is how often they were woken.
    static long wakes(long pid, Predicate<String> name) {
        long sum = 0;
        for (Path task : tasksNamed(pid, name)) {
            sum += read(task.resolve("status")).stream().flatMap(String::lines)
                    .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip())).sum();
        }
        return sum;
    }

    /// What its threads with such a name have used, as [#cpuTicks(long)].
    static long cpuTicks(long pid, Predicate<String> name) {
        return tasksNamed(pid, name).stream().flatMap(task -> stat(task).stream())
                .mapToLong(fields -> Long.parseLong(fields[11]) + Long.parseLong(fields[12])).sum();
    }

    private static List<Path> tasksNamed(long pid, Predicate<String> name) {
        try {
            return tasks(pid).stream()
                    .filter(task -> read(task.resolve("comm")).map(String::strip).filter(name).isPresent()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The targets of its descriptors, such as `socket:[1234]`, in order.
    static List<String> descriptors(long pid) throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> links = Files.list(PROC.resolve(pid + "/fd"))) {
            for (Path link : links.toList()) {
                target(link).ifPresent(targets::add);
            }
        }
        return targets.stream().sorted().toList();
    }

    /// Those descriptors that were not there when this was listed.
    static List<String> openedSince(long pid, List<String> before) throws IOException {
        List<String> opened = new ArrayList<>(descriptors(pid));
        before.forEach(opened::remove);
        return List.copyOf(opened);
    }

    /// Empty when it was closed since it was listed.
    private static Optional<String> target(Path descriptor) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// The names of its threads, as the kernel cuts them.
    static List<String> threads(long pid) throws IOException {
        List<String> names = new ArrayList<>();
        for (Path task : tasks(pid)) {
            read(task.resolve("comm")).ifPresent(name -> names.add(name.strip()));
        }
        return names.stream().sorted().toList();
    }

    /// The scheduling policies of its threads with such a name.
    static Set<Integer> policies(long pid, Predicate<String> name) throws IOException {
        Set<Integer> policies = new TreeSet<>();
        for (Path task : tasks(pid)) {
            if (read(task.resolve("comm")).map(String::strip).filter(name).isPresent()) {
                policies.add(POSIX.schedulerOf(Integer.parseInt(task.getFileName().toString())));
            }
        }
        return policies;
    }

    /// The nice values of its threads.
    static Set<Integer> niceValues(long pid) throws IOException {
        Set<Integer> values = new TreeSet<>();
        for (Path task : tasks(pid)) {
            stat(task).ifPresent(fields -> values.add(Integer.parseInt(fields[16])));
        }
        return values;
    }

    /// The folders of its threads.
    private static List<Path> tasks(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(PROC.resolve(pid + "/task"))) {
            return tasks.toList();
        } catch (NoSuchFileException e) {
            return List.of(); // it has ended
        }
    }

    /// The inodes of the sockets that listen on a TCP port, over both families.
    static Set<String> listening(int port) throws IOException {
        String suffix = String.format(":%04X", port);
        Set<String> inodes = new TreeSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[1].endsWith(suffix) && fields[3].equals("0A")) {
                    inodes.add("socket:[" + fields[9] + "]");
                }
            }
        }
        return inodes;
    }

    /// How many connections to a TCP port this process has accepted and not closed. One that waits to be accepted has
    /// no inode yet.
    static long connections(long pid, int port) throws IOException {
        String suffix = String.format(":%04X", port);
        Set<String> inodes = new TreeSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[1].endsWith(suffix) && !fields[3].equals("0A")) {
                    inodes.add("socket:[" + fields[9] + "]");
                }
            }
        }
        return descriptors(pid).stream().filter(inodes::contains).count();
    }

    /// The inode of the socket that listens at a path, which is not the inode of the path.
    static Set<String> listening(Path path) throws IOException {
        Set<String> inodes = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/net/unix"))) {
            String[] fields = line.strip().split("\\s+", -1);
            // Flag 0x10000: it listens. Accepted connections carry the path as well.
            if (fields[fields.length - 1].equals(path.toString()) && fields[3].equals("00010000")) {
                inodes.add("socket:[" + fields[6] + "]");
            }
        }
        return inodes;
    }

    /// Sends a signal; to a process that has ended it is lost.
    static void signal(long pid, int number) throws IOException {
        try (Fd process = POSIX.pidfdOpen((int) pid)) {
            POSIX.pidfdSendSignal(process, number);
        } catch (PosixException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /// What `docker stop` does: TERM, and KILL when that has not ended within 10 s, which is an error here.
    ///
    /// @param meanwhile what happens between the two
    static void stopAsDockerDoes(long pid, Action meanwhile) throws Exception {
        try (Fd process = POSIX.pidfdOpen((int) pid)) {
            long begun = System.nanoTime();
            signal(pid, TERM);
            meanwhile.run();
            PollFd exit = new PollFd(process, Linux.POLLIN);
            long left = DOCKER_MILLIS - (System.nanoTime() - begun) / 1_000_000;
            POSIX.poll(List.of(exit), (int) Math.max(0, left));
            if (!exit.isReady()) {
                POSIX.pidfdSendSignal(process, Linux.SIGKILL);
                throw new AssertionError("docker would have killed process " + pid);
            }
        }
    }

    /// What may fail.
    interface Action {
        void run() throws Exception;
    }

    /// Waits until it has ended, reaped or not.
    static void awaitExit(long pid) throws IOException {
        try (Fd process = POSIX.pidfdOpen((int) pid)) {
            PollFd exit = new PollFd(process, Linux.POLLIN);
            POSIX.poll(List.of(exit), (int) Await.LIMIT.toMillis());
            if (!exit.isReady()) {
                throw new AssertionError(
                        "process " + pid + " did not end within " + Await.LIMIT.toSeconds() + " s");
            }
        } catch (PosixException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /// The fields after the name, which may hold anything: the state is the first, the parent the second.
    private static Optional<String[]> stat(long pid) {
        return stat(PROC.resolve(Long.toString(pid)));
    }

    private static Optional<String[]> stat(Path process) {
        return read(process.resolve("stat")).map(text -> text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
    }

    private static Optional<String> read(long pid, String file) {
        return read(PROC.resolve(Long.toString(pid)).resolve(file));
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }

    /// Whether a command ends with 0.
    static boolean succeeds(List<String> start, String... more) throws InterruptedException {
        List<String> command = new ArrayList<>(start);
        command.addAll(List.of(more));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
