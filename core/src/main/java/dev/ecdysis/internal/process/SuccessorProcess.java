package dev.ecdysis.internal.process;

import dev.ecdysis.internal.launch.HandoverVariable;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.ProgramPath;
import dev.ecdysis.internal.launch.SpawnFailure;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.output.LastWords;
import dev.ecdysis.internal.output.OutputPipes;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.procfs.LeakedSockets;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// A successor's process, from its start: its pidfd, our end of the socket pair, and what it writes.
///
/// @param pid its process
/// @param pidfd readable when it has ended; owned by whoever holds this
/// @param socket our end of the socket pair; owned likewise
/// @param lastWords the end of what it writes
/// @param helper what is between it and this process; empty when it is our child
public record SuccessorProcess(int pid, Fd pidfd, Fd socket, LastWords lastWords, Optional<ForkHelper> helper) {
    private static final System.Logger LOG = Log.of(SuccessorProcess.class);
    /// The most there is, see [proc(5)](https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html). The kernel
    /// adds it, in thousandths of the memory there is, to what a process uses: with less, a server that uses most of it
    /// would go before a newcomer that has just begun.
    private static final int FIRST_TO_GO = 1000;
    /// A leak takes a connection that another thread accepts within microseconds; so many in a row mean something else.
    private static final int MOST_STARTS = 5;
    /// What a killed process may take to end: far more than it needs.
    private static final int END_MILLIS = 1_000;

    /// Starts a process. Nothing but stdin, pipes for stdout and stderr, and one end of a socket pair crosses exec.
    ///
    /// @param relays which pass on what it writes
    /// @param newSession whether it leads a session of its own, without a terminal; see `preflight.TerminalSession`
    /// @throws IOException when it could not be started; nothing is left behind
    public static SuccessorProcess start(Posix posix, LaunchDescription launch, Relays relays, boolean newSession)
            throws IOException {
        return start(posix, launch, relays, newSession, Optional.empty());
    }

    /// The same.
    ///
    /// @param setsid what starts it, if it is not to stay a child of this process; see [ForkHelper]
    public static SuccessorProcess start(Posix posix, LaunchDescription launch, Relays relays, boolean newSession,
            Optional<Path> setsid) throws IOException {
        Path program = ProgramPath.resolve(launch);
        try (FdPair sockets = posix.socketpair(); OutputPipes pipes = OutputPipes.open(posix)) {
            HandoverVariable variable = new HandoverVariable(HandoverVariable.SOCKET_IN_CHILD, OwnProcess.pid(),
                    inode(sockets.second()));
            Map<Integer, Fd> descriptors = new HashMap<>(pipes.writing());
            descriptors.put(HandoverVariable.SOCKET_IN_CHILD, sockets.second());
            Child spawned = spawn(posix, launch, new SpawnRequest(FileNames.bytes(setsid.orElse(program)),
                    setsid.isPresent() ? ForkHelper.words(program, launch.arguments()) : launch.arguments(),
                    launch.environmentWith(variable), launch.directory(), descriptors, newSession),
                    sockets.second());
            boolean started = false;
            try {
                Optional<ForkHelper> helper = setsid.map(there -> new ForkHelper(spawned.pid(), spawned.pidfd()));
                LastWords lastWords = relays.read(pipes.reading(posix));
                // One that has ended by now is told of by what was between.
                Optional<Child> below = helper.isPresent() ? childOf(posix, helper.get()) : Optional.empty();
                Child child = below.orElse(spawned);
                started = true;
                return new SuccessorProcess(child.pid(), child.pidfd(), Fd.own(posix, sockets.first().release()),
                        lastWords, below.isPresent() ? helper : Optional.empty());
            } finally {
                if (!started) {
                    killAndReap(posix, spawned.pidfd());
                }
            }
        }
    }

    /// It may have been forked before its parent's score was raised. What is forked so late that it is not found ends when
    /// its connection to this process does.
    private static Optional<Child> childOf(Posix posix, ForkHelper helper) throws IOException {
        Optional<Child> child = helper.child(posix);
        if (child.isPresent()) {
            raiseOutOfMemoryScore(posix, child.get().pid());
        }
        return child;
    }

    /// Readable when it has ended: the helper ends right after it.
    public Fd end() {
        return helper.isPresent() ? helper.get().pidfd() : pidfd;
    }

    /// Its exit status, once [it has ended][#end()]; empty when it is not to be had.
    ///
    /// setsid ends with a signal's number alone, with 128 added when a core was dumped, as if that were an exit status. From
    /// Linux 6.15 on the kernel knows better.
    public OptionalInt reap(Posix posix) throws PosixException {
        OptionalInt said = posix.waitid(end());
        if (helper.isPresent() && said.isPresent()) {
            try {
                OptionalInt known = posix.exitStatus(pidfd);
                return known.isPresent() ? known : said;
            } catch (PosixException e) {
                LOG.log(System.Logger.Level.DEBUG, "the exit status is what setsid says", e);
            }
        }
        return said;
    }

    /// Kills it and waits for its end, for a second at most. Not on the loop's thread.
    ///
    /// @throws IOException when its end could not be seen
    public void end(Posix posix) throws IOException {
        socket.close();
        if (helper.isPresent()) {
            kill(posix, pidfd);
            pidfd.close();
        }
        killAndReap(posix, end());
    }

    /// A process, and what it is watched by.
    record Child(int pid, Fd pidfd) {
    }

    /// Starts it again while it has a socket that it was not given.
    ///
    /// @param given the one socket that it was
    private static Child spawn(Posix posix, LaunchDescription launch, SpawnRequest request, Fd given)
            throws IOException {
        String link = "socket:[" + inode(given) + "]";
        for (int start = 1; start <= MOST_STARTS; start++) {
            int pid = spawnOnce(posix, launch, request);
            raiseOutOfMemoryScore(posix, pid); // at once: until then the server would go first
            Fd pidfd = openOrKill(posix, pid, given);
            boolean kept = false;
            try {
                Set<String> leaked = posix.spawnMayLeak() ? LeakedSockets.of(posix, pid, pidfd, link) : Set.of();
                if (leaked.isEmpty()) {
                    kept = true;
                    return new Child(pid, pidfd);
                }
                LOG.log(System.Logger.Level.DEBUG, "process {0} has inherited {1}, and is started again",
                        Integer.toString(pid), leaked);
            } finally {
                if (!kept) {
                    killAndReap(posix, pidfd);
                }
            }
        }
        throw new IOException("cannot start the new version: " + MOST_STARTS + " times in a row it has inherited a"
                + " connection; upgrade when there is less load, or use glibc 2.34 or newer");
    }

    private static int spawnOnce(Posix posix, LaunchDescription launch, SpawnRequest request) throws IOException {
        try {
            return posix.spawn(request);
        } catch (PosixException e) {
            throw SpawnFailure.explained(e, launch);
        }
    }

    /// A process that cannot be watched must not live: nothing could end it later.
    ///
    /// @param spare closed to make room for the descriptor that reaping takes, because too many open files are the
    ///        likely reason
    private static Fd openOrKill(Posix posix, int pid, Fd spare) throws IOException {
        try {
            return open(posix, pid);
        } catch (IOException e) {
            // Our own child that nobody has reaped: the pid cannot have been given to another process.
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            spare.close();
            try {
                killAndReap(posix, posix.pidfdOpen(pid));
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static Fd open(Posix posix, int pid) throws IOException {
        for (int tries = 1;; tries++) {
            try {
                return posix.pidfdOpen(pid);
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private static void killAndReap(Posix posix, Fd pidfd) throws IOException {
        try (pidfd) {
            for (int tries = 1; !isReaped(posix, pidfd, tries); tries++) {
                // again
            }
        }
    }

    /// Whether it need not be tried again, as it must be without memory.
    private static boolean isReaped(Posix posix, Fd pidfd, int tries) throws IOException {
        try {
            kill(posix, pidfd);
            posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), END_MILLIS);
            posix.waitid(pidfd);
            return true;
        } catch (VirtualMachineError e) {
            Survival.outlast(e, tries);
            return false;
        }
    }

    private static long inode(Fd socket) throws IOException {
        String link = ProcFiles.descriptor(socket.number())
                .orElseThrow(() -> new IOException("no /proc/self/fd: mount /proc"));
        return Long.parseLong(link.substring(link.indexOf('[') + 1, link.length() - 1));
    }

    private static void raiseOutOfMemoryScore(Posix posix, int pid) {
        try {
            posix.setOutOfMemoryScore(pid, FIRST_TO_GO);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot make process " + pid + " the first to go when memory runs out",
                    e);
        }
    }

    /// What `/proc/PID/oom_score_adj` says.
    public static int outOfMemoryScore(long pid) throws IOException {
        return Integer.parseInt(Files.readString(Path.of("/proc", Long.toString(pid), "oom_score_adj")).strip());
    }

    /// Sends `SIGKILL`; one that has ended already is no error.
    public static void kill(Posix posix, Fd pidfd) {
        try {
            posix.pidfdSendSignal(pidfd, Linux.SIGKILL);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, e.getMessage());
        }
    }
}
