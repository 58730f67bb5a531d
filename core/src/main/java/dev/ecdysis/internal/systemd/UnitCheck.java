package dev.ecdysis.internal.systemd;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/// Whether systemd would end the unit when this process ends, though its successor serves: as the main process of a
/// service, when nobody names another one.
///
/// Asked anew for each upgrade: a unit can be mended while it runs.
public final class UnitCheck {
    private static final System.Logger LOG = Log.of(UnitCheck.class);
    /// Both travel: to what a service starts, to what that starts, and to later generations.
    private static final String EXEC_PID = "SYSTEMD_EXEC_PID";
    private static final String INVOCATION = "INVOCATION_ID";

    private final Function<String, Optional<String>> environment;
    private final Optional<Path> pidFile;
    private final boolean first;
    private final Path proc;
    private final Systemctl systemctl;
    /// Without these nothing below this process was started by systemd, whatever control group it is in: that may be one
    /// of the machine around a container.
    private final boolean belowSystemd;
    private volatile Optional<String> latest = Optional.empty();

    /// @param environment what generation 0 was started with
    /// @param pidFile the file that names who serves
    /// @param first whether this is generation 0
    public UnitCheck(Posix posix, Function<String, Optional<String>> environment, Optional<Path> pidFile,
            boolean first) {
        this(posix, environment, pidFile, first, Path.of("/proc"));
    }

    /// With another `/proc`.
    UnitCheck(Posix posix, Function<String, Optional<String>> environment, Optional<Path> pidFile, boolean first,
            Path proc) {
        this.proc = proc;
        this.environment = environment;
        this.pidFile = pidFile;
        this.first = first;
        this.systemctl = new Systemctl(posix, environment);
        this.belowSystemd = (environment.apply(EXEC_PID).isPresent() || environment.apply(INVOCATION).isPresent())
                && !environment.apply(Judgement.OVERRIDE).equals(Optional.of("yes"));
    }

    /// Looks, which takes a few milliseconds below systemd and two seconds when nobody answers; not on the loop.
    ///
    /// @param olderGenerations the older generations that still drain
    /// @return why not to begin, one line that says what to do; empty when nothing speaks against it
    public Optional<String> obstacle(Collection<Long> olderGenerations) {
        if (!belowSystemd) {
            return Optional.empty();
        }
        Optional<String> found = look(new Judgement(OwnProcess.pid(), olderGenerations, pidFile,
                environment.apply(NotifySocket.NAME).isPresent()));
        if (found.isPresent() && !found.equals(latest)) {
            LOG.log(System.Logger.Level.WARNING, "upgrades are refused: " + found.get());
        }
        latest = found;
        return found;
    }

    /// What the last look found. From any thread.
    public Optional<String> latest() {
        return latest;
    }

    private Optional<String> look(Judgement judgement) {
        ServiceUnit.Place place = ServiceUnit.of(read(proc.resolve("self/cgroup")), read(proc.resolve("1/cgroup")));
        if (place.service().isEmpty()) {
            return place.hidden() && mayBeMainProcess(judgement)
                    ? Optional.of(Judgement.unanswered(Optional.empty(), "/proc/self/cgroup does not name it"))
                    : Optional.empty();
        }
        ServiceUnit unit = place.service().get();
        try {
            return switch (systemctl.show(unit)) {
                case Answer.Told(UnitProperties properties) -> judgement.of(unit, properties);
                case Answer.Silent(String why) -> mayBeMainProcess(judgement)
                        ? Optional.of(Judgement.unanswered(Optional.of(unit), why)) : Optional.empty();
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(Judgement.unanswered(Optional.of(unit), "interrupted"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read " + file, e);
            return "";
        }
    }

    /// As far as can be told without systemd. It names the process that it started, which was this one, or generation 0,
    /// or a stranger who started that, such as a build agent, and lives. Before systemd 248 it named nobody: then those
    /// are its processes whose parent it is.
    private boolean mayBeMainProcess(Judgement judgement) {
        if (judgement.speaks()) {
            return false; // systemd gives the socket to a main process that may name the next one, and to no other
        }
        Optional<Long> started = environment.apply(EXEC_PID).flatMap(UnitCheck::number);
        if (started.isPresent()) {
            return judgement.isOurs(started.get()) || (!first && !Files.exists(proc.resolve(started.get().toString())));
        }
        return !first || isParentManager();
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private boolean isParentManager() {
        String key = "PPid:";
        String parent = read(proc.resolve("self/status")).lines().filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip()).findFirst().orElse("1");
        String name = read(proc.resolve(parent).resolve("comm")).strip();
        // That of process 1 may be hidden from us.
        return name.equals(ServiceChild.MANAGER) || (name.isEmpty() && parent.equals("1"));
    }
}
