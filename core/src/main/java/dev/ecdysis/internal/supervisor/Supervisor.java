package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Reaped;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.process.Successors;
import dev.ecdysis.internal.procfs.Supervision;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Carries out what [Generations] decides.
///
/// The order within a round is fixed. Who has ended is looked for first, then what was said is read, and only then does
/// an end count: what a process said before it ended, or another one because of it, is known by then.
final class Supervisor implements AutoCloseable {
    private static final Duration KILLED = Duration.ofSeconds(5);
    /// A stranger may send without end.
    private static final int MOST_NOTIFICATIONS = 1_000;
    private static final int MOST_REAPED = 1_000;

    private final Posix posix;
    private final Report report;
    private final NotificationSocket notifications;
    private final SignalQueue signals;
    private final Optional<NotifySocket> above;
    private final List<byte[]> environment;
    private final Map<Integer, Fd> pidfds = new LinkedHashMap<>();
    private final Deque<Reaped> reaped = new ArrayDeque<>();

    private Supervisor(Posix posix, Report report, NotificationSocket notifications, SignalQueue signals,
            Optional<NotifySocket> above, List<byte[]> environment) {
        this.posix = posix;
        this.report = report;
        this.notifications = notifications;
        this.signals = signals;
        this.above = above;
        this.environment = environment;
    }

    /// Adopts orphans from now on, and listens.
    ///
    /// @param own the environment of this process
    static Supervisor open(Posix posix, List<byte[]> own, Report report) throws IOException {
        posix.becomeSubreaper();
        Optional<NotifySocket> above = above(posix, own, report);
        NotificationSocket notifications = NotificationSocket.open(posix);
        boolean complete = false;
        try {
            List<byte[]> environment = OwnEnvironment.restored(own,
                    List.of(NotifySocket.NAME + "=" + notifications.address(), Supervision.entry()));
            Supervisor supervisor = new Supervisor(posix, report, notifications, SignalQueue.open(posix), above,
                    environment);
            complete = true;
            return supervisor;
        } finally {
            if (!complete) {
                notifications.close();
            }
        }
    }

    private static Optional<NotifySocket> above(Posix posix, List<byte[]> environment, Report report) {
        for (byte[] entry : environment) {
            String text = new String(entry, StandardCharsets.UTF_8);
            if (text.startsWith(NotifySocket.NAME + "=")) {
                try {
                    return Optional.of(NotifySocket.of(posix, text.substring(NotifySocket.NAME.length() + 1)));
                } catch (IOException e) {
                    report.say(String.valueOf(e.getMessage()));
                }
            }
        }
        return Optional.empty();
    }

    /// Starts generation 0, and returns the exit status of the last one.
    int run(List<byte[]> words) throws FirstProcess.Failure {
        int first = new FirstProcess(posix, words, environment).start();
        Generations generations = new Generations(first);
        watch(first);
        while (!isOver(generations)) {
            survivingRound(generations);
        }
        endRest(generations);
        return generations.exitStatus();
    }

    /// The container would end with this process, and the server with that: whatever a round lacks, memory of the kernel's
    /// or of its own, it may have the next time.
    private void survivingRound(Generations generations) {
        try {
            round(generations);
        } catch (IOException | RuntimeException | VirtualMachineError e) {
            failed(e);
        }
    }

    @SuppressWarnings("EmptyCatch")
    private void failed(Throwable why) {
        try {
            report.warn("it goes on after " + why);
        } catch (VirtualMachineError e) {
            // There is no memory to say so.
        }
        Survival.pause();
    }

    private void round(Generations generations) throws IOException {
        await(generations);
        reap();
        List<Integer> ended = ended(generations);
        listen(generations);
        // Before those that we have the status of: a parent may have ended because of its child, and pass its on.
        for (int pid : ended) {
            if (reaped.stream().noneMatch(child -> child.pid() == pid)) {
                end(generations, pid, OptionalInt.empty());
            }
        }
        while (!reaped.isEmpty()) {
            Reaped child = reaped.getFirst();
            end(generations, child.pid(), OptionalInt.of(child.status()));
            reaped.removeFirst(); // not before: nobody tells its status again
        }
        passOn(generations);
    }

    private static boolean isOver(Generations generations) {
        OptionalLong over = generations.overAtNanos();
        return over.isPresent() && System.nanoTime() - over.getAsLong() >= 0;
    }

    private void await(Generations generations) throws IOException {
        OptionalLong over = generations.overAtNanos();
        int millis = over.isEmpty() ? -1
                : (int) Math.max(0, Duration.ofNanos(over.getAsLong() - System.nanoTime()).toMillis() + 1);
        List<PollFd> set = new ArrayList<>(List.of(new PollFd(signals.fd(), Linux.POLLIN),
                new PollFd(notifications.fd(), Linux.POLLIN)));
        pidfds.values().forEach(pidfd -> set.add(new PollFd(pidfd, Linux.POLLIN)));
        posix.poll(set, millis);
    }

    private boolean watch(int pid) {
        if (pidfds.containsKey(pid)) {
            return true;
        }
        try {
            pidfds.put(pid, posix.pidfdOpen(pid));
            return true;
        } catch (PosixException e) {
            report.warn("process " + pid + " cannot be watched: " + e.getMessage());
            return false;
        }
    }

    private void reap() throws IOException {
        Survival.requireMemory(); // without, an exit status could be lost
        try {
            for (int i = 0; i < MOST_REAPED; i++) {
                Optional<Reaped> next = posix.reapAny();
                if (next.isEmpty()) {
                    return;
                }
                reaped.add(next.get());
            }
        } catch (PosixException e) {
            if (!e.is(Errno.ECHILD)) {
                throw e;
            }
        }
    }

    /// Those that are not our children, too: a successor is its predecessor's while that one lives.
    private List<Integer> ended(Generations generations) throws IOException {
        List<Integer> ended = new ArrayList<>();
        for (int pid : generations.living()) {
            Fd pidfd = pidfds.get(pid);
            PollFd end = pidfd == null ? null : new PollFd(pidfd, Linux.POLLIN);
            if (end != null) {
                posix.poll(List.of(end), 0);
            }
            if (end == null || end.isReady()) {
                ended.add(pid);
            }
        }
        return ended;
    }

    /// Also again, without its status: of the same end that is no news.
    private void end(Generations generations, int pid, OptionalInt status) {
        boolean served = generations.isServing() && pid == generations.main();
        if (!served && !generations.knows(pid) && pid != generations.main()) {
            return; // an orphan that we adopted
        }
        Set<Integer> successors = served ? Successors.of(pid, OwnProcess.pid()) : Set.of();
        successors.forEach(this::watch);
        generations.ended(pid, status, System.nanoTime(), successors);
        Fd pidfd = pidfds.remove(pid);
        if (pidfd != null) {
            pidfd.close();
        }
        if (served && !generations.living().isEmpty()) {
            report.say("process " + pid + ", which served, has ended; waiting for " + generations.living());
        }
    }

    private void listen(Generations generations) throws IOException {
        for (int i = 0; i < MOST_NOTIFICATIONS; i++) {
            Optional<NotificationSocket.Received> next = notifications.next();
            if (next.isEmpty()) {
                return;
            }
            hear(generations, next.get().sender(), next.get().notification());
        }
    }

    private void hear(Generations generations, int sender, Notification said) {
        if (!generations.knows(sender) && !Supervision.isAncestor(OwnProcess.pid(), sender)) {
            report.warn("process " + sender + ", which was not started here, is not listened to");
            return;
        }
        boolean served = generations.isServing() && sender == generations.main();
        if (said.mainPid().isPresent()) {
            claim(generations, sender, said.mainPid().getAsInt());
        }
        if (said.ready()) {
            generations.ready(said.mainPid().orElse(sender));
        }
        if (said.stopping()) {
            generations.stops(sender);
        }
        boolean serves = generations.isServing() && sender == generations.main();
        if ((served || serves) && !said.passedOn().isEmpty()) {
            tellAbove(String.join("\n", said.passedOn()));
        }
    }

    private void claim(Generations generations, int sender, int pid) {
        if ((sender != pid && sender != generations.main()) || !mayServe(generations, pid) || !watch(pid)) {
            report.warn("process " + sender + " says that process " + pid + " serves, and is not believed");
        } else if (generations.serves(pid)) {
            report.say("process " + pid + " serves");
        }
    }

    /// A server that a server has started for other ends says the same of itself, if it has inherited the environment.
    private static boolean mayServe(Generations generations, int pid) {
        if (generations.knows(pid) || generations.isStarting()) {
            return true;
        }
        try {
            OptionalLong predecessor = Successors.predecessorOf(pid);
            return predecessor.isPresent() && generations.mayHaveSuccessor(predecessor.getAsLong());
        } catch (IOException e) {
            // Of another user, and this one may not look: then its descent has to do. One that has ended cannot be watched.
            return true;
        }
    }

    private void tellAbove(String lines) {
        if (above.isPresent()) {
            try {
                if (!above.get().send(lines)) {
                    report.warn("the queue of " + above.get() + " is full: it is not told " + lines);
                }
            } catch (IOException e) {
                report.warn("cannot notify the service manager: " + e.getMessage());
            }
        }
    }

    private void passOn(Generations generations) throws IOException {
        for (SignalQueue.Arrived arrived : signals.take()) {
            for (int pid : generations.targets()) {
                Fd pidfd = pidfds.get(pid);
                // What a terminal sends to its foreground, the server has got by itself; of a hang-up it has not heard.
                boolean own = arrived.fromKernel() && arrived.signal() != Linux.SIGHUP
                        && Supervision.sharesGroup(pid);
                if (pidfd != null && !own) {
                    send(pidfd, pid, arrived.signal());
                }
            }
        }
    }

    private void send(Fd pidfd, int pid, int signal) {
        try {
            posix.pidfdSendSignal(pidfd, signal);
        } catch (PosixException e) {
            if (!e.is(Errno.ESRCH)) {
                report.warn("process " + pid + " does not get signal " + signal + ": " + e.getMessage());
            }
        }
    }

    /// Kills who overstays. The status of a successor that its predecessor has not collected is known afterwards.
    private void endRest(Generations generations) {
        long until = System.nanoTime() + KILLED.toNanos();
        for (int pid : generations.living()) {
            report.say("process " + pid + " has not ended after the one that served: killed");
            Fd pidfd = pidfds.get(pid);
            if (pidfd != null) {
                send(pidfd, pid, Linux.SIGKILL);
            }
        }
        while (!generations.living().isEmpty() && System.nanoTime() - until < 0) {
            for (int pid : generations.living()) {
                awaitEnd(pid, until);
                generations.ended(pid, OptionalInt.empty(), System.nanoTime(), Set.of());
            }
        }
        try {
            reap();
        } catch (IOException | VirtualMachineError e) {
            failed(e);
        }
        for (Reaped child : reaped) {
            generations.ended(child.pid(), OptionalInt.of(child.status()), System.nanoTime(), Set.of());
        }
    }

    private void awaitEnd(int pid, long until) {
        Fd pidfd = pidfds.get(pid);
        boolean seen = false;
        while (pidfd != null && !seen && System.nanoTime() - until < 0) {
            try {
                posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)),
                        (int) Math.max(0, Duration.ofNanos(until - System.nanoTime()).toMillis()));
                seen = true;
            } catch (IOException | VirtualMachineError e) {
                failed(e);
            }
        }
    }

    @Override
    public void close() {
        pidfds.values().forEach(Fd::close);
        notifications.close();
        signals.close();
    }
}
