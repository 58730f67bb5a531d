package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.procfs.ProcessStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// This process, or one that it descends from.
///
/// @param name for an operator: a script's own, where a shell runs one
record Ancestor(long pid, String name, Kind kind, ProcessStat stat) {
    /// More than anybody nests processes: a bound for a walk through a tree that changes meanwhile.
    private static final int MOST = 100;
    private static final int LONGEST_NAME = 40;

    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash", "busybox", "ksh", "ksh93", "mksh",
            "yash", "zsh", "fish", "csh", "tcsh", "rbash");
    /// They run one command and end with it.
    private static final Set<String> WAITERS = Set.of("sudo", "su", "runuser", "doas", "script", "timeout", "time",
            "setsid", "flock", "unshare", "nsenter", "strace", "ltrace", "faketime", "proot", "bwrap");
    private static final Set<String> SMALL_INITS = Set.of("tini", "tini-static", "docker-init", "dumb-init",
            "catatonit");
    private static final Set<String> INITS = Set.of("systemd", "init", "runit", "s6-svscan", "openrc-init", "dinit",
            "finit", "shepherd", "procd", "launchd");
    private static final Set<String> SUPERVISORS = Set.of("supervisord", "runsv", "s6-supervise", "supervise",
            "circusd", "monit", "perpd");
    private static final List<String> RUNTIMES = List.of("containerd-shim", "conmon", "crun", "runc");

    /// What is known of the programs of its name.
    enum Kind {
        SHELL,
        /// Runs one command, waits for it and ends with it.
        WAITER,
        /// An init that ends with the one program that it was told to run.
        SMALL_INIT,
        /// An init that stays.
        INIT,
        /// Starts again what has ended.
        SUPERVISOR,
        /// Ends a container with its first process.
        RUNTIME,
        OTHER
    }

    /// This process first, then its parent, up to PID 1 or the last one that can be seen.
    static List<Ancestor> ofThisProcess() {
        return of(Path.of("/proc"), OwnProcess.pid());
    }

    /// The same of another.
    ///
    /// @param proc usually `/proc`
    static List<Ancestor> of(Path proc, long self) {
        List<Ancestor> chain = new ArrayList<>();
        try {
            for (long pid = self; pid > 0 && chain.size() < MOST;) {
                Ancestor next = read(proc, pid);
                chain.add(next);
                pid = next.stat.parent();
            }
        } catch (IOException e) { // it ended, or is hidden: nothing is known from there on
            return List.copyOf(chain);
        }
        return List.copyOf(chain);
    }

    private static Ancestor read(Path proc, long pid) throws IOException {
        Path folder = proc.resolve(Long.toString(pid));
        ProcessStat stat = ProcessStat.read(proc, pid);
        String name = Files.readString(folder.resolve("comm"), StandardCharsets.ISO_8859_1).strip();
        List<byte[]> words = ProcFiles.zeroTerminated(folder.resolve("cmdline"));
        String first = words.isEmpty() ? "" : new String(words.getFirst(), StandardCharsets.ISO_8859_1);
        // Where a shell runs a script, the kernel names the process after the script.
        Kind kind = kind(name);
        return new Ancestor(pid, printable(name), kind == Kind.OTHER ? kind(program(first)) : kind, stat);
    }

    /// A login shell has a dash before its name.
    private static String program(String word) {
        String name = word.substring(word.lastIndexOf('/') + 1);
        return name.startsWith("-") ? name.substring(1) : name;
    }

    private static Kind kind(String program) {
        if (SHELLS.contains(program)) {
            return Kind.SHELL;
        } else if (WAITERS.contains(program)) {
            return Kind.WAITER;
        } else if (SMALL_INITS.contains(program)) {
            return Kind.SMALL_INIT;
        } else if (INITS.contains(program)) {
            return Kind.INIT;
        } else if (SUPERVISORS.contains(program)) {
            return Kind.SUPERVISOR;
        }
        return RUNTIMES.stream().anyMatch(program::startsWith) ? Kind.RUNTIME : Kind.OTHER;
    }

    private static String printable(String name) {
        String plain = name.replaceAll("[^\\x21-\\x7e]", "?");
        return plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) : plain;
    }

    /// For an operator.
    String text() {
        return name + " (process " + pid + ")";
    }

    /// Whether this is a shell at whose prompt somebody typed the command: it gives each command a process group of its
    /// own, and asks for the next one when that has ended. A script does neither.
    boolean asksForTheNextCommandAfter(Ancestor child) {
        return kind == Kind.SHELL && stat.hasTerminal() && child.stat.session() == stat.session()
                && child.stat.group() != stat.group();
    }
}
