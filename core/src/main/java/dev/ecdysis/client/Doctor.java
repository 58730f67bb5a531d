package dev.ecdysis.client;

import dev.ecdysis.internal.launch.JvmFlags;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.PosixUnavailableException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.preflight.MemoryCheck;
import dev.ecdysis.status.Check;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at this machine and this JVM: would a server started here the same way be able to upgrade?
///
/// A capability is probed by using it, never concluded from a version.
public final class Doctor {
    private static final int FEW_DESCRIPTORS = 4096;
    private static final int SMALL_BACKLOG = 1024;
    private static final int CHILD_MILLIS = 5_000;
    /// A filter that lets everything pass: BPF_RET | BPF_K, as [Posix#attachFilter] wants it.
    private static final long KEEP_ALL = 0x06L << 48 | 0xffff_ffffL;

    private Doctor() {
    }

    /// Runs every check of this machine, none of which changes anything that stays.
    public static List<Check> checkMachine() {
        List<Check> checks = new ArrayList<>();
        checks.add(system());
        checks.add(javaVersion());
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            checks.add(Check.fail("/proc", "not mounted, and the other checks need it", "mount -t proc proc /proc"));
            return checks;
        }
        checks.add(Check.pass("/proc", "mounted"));
        Posix posix;
        try {
            posix = LinuxPosix.open();
        } catch (PosixUnavailableException e) {
            checks.add(Check.fail("native access", "system calls cannot be made",
                    Optional.ofNullable(e.getMessage()).orElse("see the exception")));
            return checks;
        }
        checks.add(Check.pass("native access", "system calls work"));
        checks.add(adoption(posix));
        checks.add(pidfd(posix));
        checks.add(spawn(posix));
        checks.add(filter(posix));
        checks.add(pidOne());
        checks.add(number("accept queue", "/proc/sys/net/core/somaxconn", SMALL_BACKLOG,
                "sysctl -w net.core.somaxconn=4096"));
        checks.add(descriptors());
        memory(checks);
        return checks;
    }

    /// Of this process, which may run in another cgroup than a server does: what a second JVM needs only that one knows.
    private static void memory(List<Check> checks) {
        for (JvmFlags.Finding finding : new MemoryCheck().surroundings()) {
            checks.add(finding.cure().isEmpty() ? Check.pass(finding.name(), finding.found())
                    : Check.warn(finding.name(), finding.found(), finding.cure()));
        }
    }

    private static Check system() {
        String found = System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
        return System.getProperty("os.name", "").equals("Linux") ? Check.pass("operating system", found)
                : Check.fail("operating system", found,
                        "upgrades need Linux; elsewhere run with dev.ecdysis.testing.StubEcdysis");
    }

    private static Check javaVersion() {
        Runtime.Version version = Runtime.version();
        String found = version + " (" + System.getProperty("java.vm.name") + ")";
        // JDK-8377932: before this update an AOT cache whose jar has changed runs the old classes, silently.
        boolean staleCaches = version.feature() == 25 && version.compareToIgnoreOptional(
                Runtime.Version.parse("25.0.4")) < 0;
        return staleCaches
                ? Check.warn("JDK", found, "25.0.4 or newer, or do without -XX:AOTCache: older ones run the old classes"
                        + " of a cache whose jar has changed (JDK-8377932)")
                : Check.pass("JDK", found);
    }

    private static Check adoption(Posix posix) {
        try {
            return Check.pass("adoption", Adoption.select(posix).description());
        } catch (IllegalStateException e) {
            return Check.fail("adoption", "the strategy asked for does not work",
                    Optional.ofNullable(e.getMessage()).orElse("unset " + Adoption.PROPERTY));
        }
    }

    private static Check pidfd(Posix posix) {
        try (Fd self = posix.pidfdOpen((int) OwnProcess.pid())) {
            posix.pidfdSendSignal(self, 0);
            return Check.pass("pidfd", "pidfd_open and pidfd_send_signal work");
        } catch (PosixException e) {
            return Check.fail("pidfd", e.getMessage(), e.is(Errno.ENOSYS) ? "Linux 5.3 or newer"
                    : "allow pidfd_open and pidfd_send_signal in the container's seccomp filter");
        }
    }

    /// Starts /bin/true, or what else is there: what counts is that the call is possible.
    static Check spawn(Posix posix) {
        Optional<Path> program = List.of("/bin/true", "/usr/bin/true").stream().map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return Check.warn("start of a successor", "not tried: there is no /bin/true here", "try an upgrade");
        }
        Fd reserve;
        try {
            reserve = posix.pidfdOpen((int) OwnProcess.pid());
        } catch (PosixException e) {
            return Check.warn("start of a successor", "not tried: its end could not be waited for (" + e.getMessage()
                    + ")", "what helps against the failure of pidfd");
        }
        // Kept until the child needs one: a process that has no descriptor left shall know before there is a child.
        try (reserve) {
            byte[] name = program.get().toString().getBytes(StandardCharsets.UTF_8);
            int pid = posix.spawn(new SpawnRequest(program.get().toString(), List.of(name), List.of(),
                    "/".getBytes(StandardCharsets.UTF_8), Map.of()));
            reserve.close();
            try (Fd pidfd = openOrEnd(posix, pid)) {
                end(posix, pidfd);
            }
            return Check.pass("start of a successor", "posix_spawn works");
        } catch (PosixException e) {
            return Check.fail("start of a successor", e.getMessage(),
                    e.is(Errno.ENOSYS) ? "glibc 2.34 or newer, or Linux 5.11 or newer"
                            : "allow the process to start others (limits, seccomp)");
        }
    }

    private static Fd openOrEnd(Posix posix, int pid) throws PosixException {
        try {
            return posix.pidfdOpen(pid);
        } catch (PosixException e) {
            // Our own child that nobody has reaped: the pid cannot have been given to another process.
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            try (Fd pidfd = posix.pidfdOpen(pid)) {
                end(posix, pidfd);
            } catch (PosixException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /// A child that is not waited for would stay as long as the server.
    private static void end(Posix posix, Fd pidfd) throws PosixException {
        posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), CHILD_MILLIS);
        if (posix.waitid(pidfd).isEmpty()) {
            posix.pidfdSendSignal(pidfd, Linux.SIGKILL);
            posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), CHILD_MILLIS);
            posix.waitid(pidfd);
        }
    }

    /// What keeps newcomers from a listener that the next version does not have, while those that wait are served.
    static Check filter(Posix posix) {
        String name = "listeners that are given up";
        try (Fd socket = posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0)) {
            posix.attachFilter(socket, KEEP_ALL);
            return Check.pass(name, "SO_ATTACH_FILTER works");
        } catch (PosixException e) {
            return Check.warn(name, "newcomers cannot be kept out while those that wait are served: " + e.getMessage(),
                    "allow SO_ATTACH_FILTER in the container's seccomp filter, or grant CAP_NET_ADMIN");
        }
    }

    private static Check pidOne() {
        return OwnProcess.pid() == 1
                ? Check.fail("PID 1", "this is PID 1 of its container, and its exit would end the container",
                        "start the server with ecdysis run -- java ...")
                : Check.pass("PID 1", "not PID 1");
    }

    private static Check number(String name, String file, int least, String cure) {
        // In one read: a file of sysctl has nothing at any other offset than 0.
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] text = new byte[32];
            int length = Math.max(0, in.read(text));
            int value = Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
            return value >= least ? Check.pass(name, file + " is " + value)
                    : Check.warn(name, file + " is " + value + ": bursts during a cutover may overflow it", cure);
        } catch (IOException | NumberFormatException e) {
            return Check.warn(name, file + " cannot be read (" + e.getClass().getSimpleName() + ")", cure);
        }
    }

    private static Check descriptors() {
        String cure = "LimitNOFILE=65536 in the unit, or ulimit -n 65536";
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max open files")) {
                    String soft = line.substring("Max open files".length()).strip().split(" +", 2)[0];
                    boolean few = !soft.equals("unlimited") && Long.parseLong(soft) < FEW_DESCRIPTORS;
                    return few ? Check.warn("open files", "at most " + soft, cure)
                            : Check.pass("open files", "at most " + soft);
                }
            }
            return Check.warn("open files", "/proc/self/limits does not say", cure);
        } catch (IOException | NumberFormatException e) {
            return Check.warn("open files", "/proc/self/limits cannot be read", cure);
        }
    }
}
