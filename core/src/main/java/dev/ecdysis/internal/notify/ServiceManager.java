package dev.ecdysis.internal.notify;

import dev.ecdysis.Phase;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.handover.ServiceState;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.NotifySocket;
import dev.ecdysis.internal.process.PidfdId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tells whoever supervises this service how it is, as
/// [sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html) has it. On the loop's thread.
///
/// One process speaks at a time, the one that the service manager takes for the main one: a new version is named by its
/// predecessor, when it is there to stay and not before. Nobody else would be heard, and a main process that ends on
/// probation would end the unit.
public final class ServiceManager {
    private static final System.Logger LOG = Log.of(ServiceManager.class);
    /// Of what lasts: often enough to be believed, and no load.
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    /// In which what changes is told: connections may wait for the loop at that moment.
    private static final Duration SOON = Duration.ofMillis(50);
    /// In which the predecessor has long said who serves.
    private static final Duration UNNAMED = Duration.ofSeconds(1);
    private static final String EXTEND = "EXTEND_TIMEOUT_USEC="
            + INTERVAL.multipliedBy(3).toNanos() / 1_000;
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private enum Role {
        /// Generation 0, which is not ready yet.
        STARTING,
        /// A new version that is not there to stay yet.
        SILENT,
        SERVING,
        UPGRADING,
        STOPPING,
        REPLACED
    }

    private final Posix posix;
    private final EventLoop loop;
    private final NotifySocket socket;
    private final Outgoing outgoing;
    private final Barrier barrier;
    private final Server server;
    private final Limits limits;
    private final Optional<Watchdog> watchdog;
    private final boolean supervised;
    private Role role;
    private String upgrade = "";
    private boolean accepting = true;
    private volatile boolean failed;
    private String lastStatus = "";
    private long extendUntil;
    private Timers.@Nullable Handle tick;
    private Timers.@Nullable Handle soon;
    private Timers.@Nullable Handle naming;
    private @Nullable LeftAlone leftAlone;

    /// How long each may take, by what was asked for with the builder.
    public record Limits(Duration start, Duration drain) {
    }

    /// @param environment what generation 0 was started with
    /// @param supervised whether it is a supervisor of ours that listens, which need not have started this process
    public ServiceManager(Posix posix, EventLoop loop, NotifySocket socket, Server server, Limits limits,
            Function<String, Optional<String>> environment, boolean supervised) {
        boolean first = server.generation() == 0;
        this.posix = posix;
        this.loop = loop;
        this.socket = socket;
        this.outgoing = new Outgoing(socket, loop);
        this.barrier = new Barrier(posix, loop);
        this.server = server;
        this.limits = limits;
        this.watchdog = Watchdog.of(environment, first && !supervised, OwnProcess.pid());
        this.supervised = supervised;
        this.role = first ? Role.STARTING : Role.SILENT;
    }

    /// As soon as the loop runs.
    public void begin() {
        if (role == Role.STARTING) {
            extendUntil = System.nanoTime() + limits.start().toNanos();
            say(EXTEND, status());
            rearm();
        }
    }

    public void tell(ServiceState state) {
        switch (state) {
            case SERVING -> {
                boolean alone = role == Role.SILENT;
                serve();
                if (alone && !supervised) {
                    LeftAlone made = new LeftAlone(posix, loop, outgoing, this::nameOurselves);
                    leftAlone = made;
                    made.begin(server.predecessorPid());
                } else if (alone) {
                    nameOurselves();
                } else {
                    say(supervised ? itself() : "", "READY=1", status(), alive(), noError());
                }
            }
            case COMMITTED -> {
                serve();
                naming = loop.schedule(UNNAMED, this::nameOurselves);
            }
            case REPLACED -> replaced();
            case STOPPING -> stopping();
        }
    }

    private void serve() {
        role = Role.SERVING;
        watchdog.ifPresent(_ -> server.beat(true));
        rearm();
    }

    /// The predecessor may have ended before it said so; and a signal that asked it for a reload in the meantime must not
    /// leave the service manager waiting for ever.
    private void nameOurselves() {
        naming = null;
        if (role == Role.SERVING) {
            say(itself(), reloaded(), status(), alive());
        } else if (role == Role.UPGRADING) {
            say(itself(), reloading());
        }
    }

    /// All in one datagram: whoever waits for the end of a reload finds the new process named by then.
    private void replaced() {
        if (role == Role.SILENT || role == Role.REPLACED) {
            return;
        }
        upgrade = "";
        String text = StatusText.of("serving", server.generation() + 1, List.of());
        Optional<Integer> successor = server.successorPid();
        say(successor.isPresent() ? mainPid(successor.get(), server.successorPidfdId()) : "", reloaded(),
                StatusText.line(text),
                watchdog.isPresent() ? "WATCHDOG=1" : "");
        barrier.send(outgoing);
        role = Role.REPLACED;
        watchdog.ifPresent(_ -> server.beat(false));
        rearm();
    }

    private void stopping() {
        if (speaks()) {
            role = Role.STOPPING;
            extendUntil = System.nanoTime() + limits.drain().plus(STOP_GRACE).toNanos();
            say("STOPPING=1", EXTEND, status());
            rearm();
        }
    }

    /// An upgrade has come so far.
    public void phase(Phase phase) {
        if (role != Role.SERVING && role != Role.UPGRADING) {
            return;
        }
        Optional<Integer> pid = server.successorPid();
        upgrade = StatusText.upgrading(phase, server.generation() + 1, pid.isPresent() ? pid.get().toString() : "");
        accepting = phase != Phase.CUTOVER && phase != Phase.PROBATION;
        if (phase == Phase.PREFLIGHT) {
            role = Role.UPGRADING;
            say(reloading(), EXTEND, status(), alive(), noError());
            rearm();
        } else {
            changed();
        }
    }

    /// An upgrade has ended, and was not committed.
    ///
    /// @param errno of the system call that it failed with, if it did
    public void ended(Outcome outcome, Optional<Errno> errno) {
        accepting = true;
        if (role == Role.UPGRADING) {
            role = Role.SERVING;
            upgrade = StatusText.of(outcome, server.generation() + 1);
            say(reloaded(), status(), errno.isPresent() ? FailedStart.errnoLine(errno.get().number()) : "");
            failed |= errno.isPresent();
            rearm();
        }
    }

    /// This server cannot start, unless its application knows better. From any thread.
    public void failed(IOException why) {
        if (server.generation() == 0) {
            failed = true;
            FailedStart.tell(socket, why);
        }
    }

    /// What was told of an earlier failure holds no more.
    private String noError() {
        boolean told = failed;
        failed = false;
        return told ? FailedStart.errnoLine(0) : "";
    }

    /// A command was not taken up.
    public void refused(String why) {
        if (role == Role.SERVING) {
            upgrade = StatusText.of(new Outcome.Refused(why), server.generation() + 1);
            changed();
        }
    }

    /// A signal asked for an upgrade that does not begin now. Whoever sent it waits for an answer.
    ///
    /// @param what becomes of it, one clause
    public void signalled(String what) {
        if (role == Role.SERVING) {
            upgrade = "; the signal that asks for an upgrade is " + what;
            say(reloaded(), status());
        } else if (role == Role.UPGRADING) {
            say(reloading());
        }
    }

    /// Something that the status tells may be another by now.
    public void changed() {
        if (speaks() && soon == null) {
            soon = loop.schedule(SOON, this::tellChange);
        }
    }

    private void tellChange() {
        soon = null;
        if (speaks()) {
            say(changedStatus());
            rearm();
        }
    }

    /// Once the service manager has read what it was told last, or does not.
    public void afterwards(Runnable action) {
        barrier.afterwards(action);
    }

    private boolean speaks() {
        return role != Role.SILENT && role != Role.REPLACED;
    }

    private boolean takesTime() {
        return role == Role.UPGRADING
                || ((role == Role.STARTING || role == Role.STOPPING) && System.nanoTime() - extendUntil < 0);
    }

    private boolean isWatched() {
        return watchdog.isPresent() && speaks() && role != Role.STARTING;
    }

    /// Runs for as long as there is something to tell again and again.
    private void rearm() {
        if (tick != null) {
            tick.cancel();
            tick = null;
        }
        Duration interval = isWatched() ? watchdog.orElseThrow().interval() : INTERVAL;
        if (interval.compareTo(INTERVAL) > 0 && takesTime()) {
            interval = INTERVAL;
        }
        if (isWatched() || takesTime() || (speaks() && !server.older().isEmpty())) {
            tick = loop.schedule(interval, this::again);
        }
    }

    private void again() {
        tick = null;
        rearm(); // first: what follows may fail without memory
        say(alive(), takesTime() ? EXTEND : "", changedStatus());
    }

    /// While it is being replaced, its acceptors rest.
    private String alive() {
        if (!isWatched()) {
            return "";
        }
        boolean hangs = accepting && role != Role.STOPPING
                && System.nanoTime() - server.latestStepNanos() > watchdog.orElseThrow().limit().toNanos();
        return hangs ? "" : "WATCHDOG=1";
    }

    private String itself() {
        try (Fd self = posix.pidfdOpen((int) OwnProcess.pid())) {
            return mainPid(OwnProcess.pid(), PidfdId.of(posix, self));
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "the service manager is told the pid only", e);
            return mainPid(OwnProcess.pid(), OptionalLong.empty());
        }
    }

    /// With the second number nobody else can be meant who has got the first by then; systemd 257 looks at it.
    private static String mainPid(long pid, OptionalLong pidfdId) {
        return "MAINPID=" + pid + (pidfdId.isPresent() ? "\nMAINPIDFDID=" + pidfdId.getAsLong() : "");
    }

    /// Without the time systemd could not know whether it is the reload that it asked for, and goes on waiting.
    private static String reloading() {
        return "RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000;
    }

    /// Also ends a reload of whose beginning it has not been told.
    private static String reloaded() {
        return reloading() + "\nREADY=1";
    }

    private String changedStatus() {
        String before = lastStatus;
        String now = status();
        return now.equals(before) ? "" : now;
    }

    private String status() {
        lastStatus = StatusText.line(switch (role) {
            case STARTING -> StatusText.of("starting", server.generation(), List.of());
            case STOPPING -> StatusText.of("stopping", server.generation(), server.older()) + "; "
                    + server.connections() + " connections left";
            default -> StatusText.of("serving", server.generation(), server.older()) + upgrade;
        });
        return lastStatus;
    }

    private void say(String... lines) {
        List<String> said = new ArrayList<>();
        for (String line : lines) {
            if (!line.isEmpty()) {
                said.add(line);
            }
        }
        if (!said.isEmpty()) {
            outgoing.send(String.join("\n", said));
        }
    }

    public void close() {
        for (Timers.Handle one : new Timers.Handle[] {tick, soon, naming}) {
            if (one != null) {
                one.cancel();
            }
        }
        if (leftAlone != null) {
            leftAlone.close();
        }
        barrier.close();
        outgoing.close();
    }
}
