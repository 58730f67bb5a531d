package dev.ecdysis.internal.engine;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.Doctor;
import dev.ecdysis.internal.control.ControlFolder;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.launch.JvmFlags;
import dev.ecdysis.internal.launch.LaunchCheck;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.LaunchSize;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.launch.Obstacle;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.preflight.ContainerInit;
import dev.ecdysis.internal.preflight.MemoryCheck;
import dev.ecdysis.internal.preflight.WaitingParent;
import dev.ecdysis.internal.process.Signals;
import dev.ecdysis.internal.resources.RelativePaths;
import dev.ecdysis.internal.resources.SocketPaths;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.internal.systemd.UnitCheck;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What this process says of itself. On the loop's thread, but for the doctor.
final class ServerView {
    private final Posix posix;
    private final EffectExecutor executor;
    private final Options options;
    private final int generation;
    private final Adoption adoption;
    private final Signals signals;
    private final LaunchDescription launch;
    private final long started = System.nanoTime();

    ServerView(Posix posix, EffectExecutor executor, Options options, int generation, Adoption adoption,
            Signals signals,
            LaunchDescription launch) {
        this.posix = posix;
        this.executor = executor;
        this.options = options;
        this.generation = generation;
        this.adoption = adoption;
        this.signals = signals;
        this.launch = launch;
    }

    ServerStatus status() {
        List<ListenerStatus> listeners = executor.owned().listeners().stream().map(ServerView::status).toList();
        State state = executor.pump().state();
        return new ServerStatus(generation, OwnProcess.pid(), options.version(), of(state),
                Standing.phase(state).map(executor::upgrade), Standing.isReady(state),
                Duration.ofNanos(System.nanoTime() - started),
                options.pidFile().map(path -> path.toAbsolutePath().toString()), listeners,
                executor.drain().remaining(),
                executor.older(), adoption.description(), notes());
    }

    private static ListenerStatus status(ManagedListener listener) {
        return new ListenerStatus(listener.name(), text(listener.localAddress()), listener.channels().size(),
                listener.connections(), listener.isInherited());
    }

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            return "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return "unix:" + address;
    }

    private ServerState of(State state) {
        boolean impaired = state instanceof State.Running && !executor.owned().acceptorTroubles().isEmpty();
        return impaired ? ServerState.IMPAIRED : Standing.of(state);
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        Standing.note(executor.pump().state()).ifPresent(notes::add);
        notes.addAll(executor.owned().acceptorTroubles());
        notes.addAll(signals.notes());
        if (executor.owned().isOutOfDescriptors()) {
            notes.add(
                    "no file descriptor is left (EMFILE): connections are not accepted, and no upgrade can begin; raise"
                            + " the limit (ulimit -n, LimitNOFILE=), or find what leaks them");
        }
        String pidFileTrouble = executor.owned().pidFileTrouble();
        if (!pidFileTrouble.isEmpty()) {
            notes.add(pidFileTrouble + "; it is tried again every few seconds");
        }
        executor.owned().listeners().forEach(listener -> notes.addAll(listener.notes()));
        for (String line : RelativePaths.of(options, executor.owned().listeners())) {
            notes.add(line + "; " + RelativePaths.CURE);
        }
        notes.addAll(executor.predecessorSide().notes());
        notes.addAll(executor.predecessorSide().memoryNotes());
        executor.lastResult().ifPresent(result -> {
            switch (result) {
                case UpgradeResult.Failed failed -> notes.add("the last upgrade failed: " + failed.reason());
                case UpgradeResult.RolledBack back -> notes.add("the last upgrade was rolled back: " + back.reason()
                        + "; the disk may still hold that version, and the next cold start would run it");
                case UpgradeResult.Refused refused -> notes.add("the last upgrade was refused: " + refused.why());
                case UpgradeResult.Committed committed -> {
                    return; // this process only drains now
                }
            }
        });
        return notes;
    }

    /// Looks at files, asks systemd, and takes a while: off the loop.
    ///
    /// @param olderGenerations the older generations that still drain
    List<Check> doctor(UnitCheck unit, List<Long> olderGenerations) {
        List<Check> checks = new ArrayList<>(Doctor.checkMachine());
        options.controlSocket().ifPresent(path -> {
            checks.add(writable("control socket's folder", path));
            checks.add(reachableByOthers(path));
        });
        options.pidFile().ifPresent(path -> checks.add(writable("PID file's folder", path)));
        checks.addAll(SocketPaths.checks(executor.owned().sockets()));
        for (String line : RelativePaths.of(options, executor.owned().listeners())) {
            checks.add(Check.warn("relative path", line, RelativePaths.CURE));
        }
        signals.notes().forEach(note -> checks.add(Check.warn("signals", note, "upgrade by the control socket")));
        ContainerInit.obstacle()
                .ifPresent(why -> checks.add(Check.fail("container", why, "see the section on containers there")));
        checks.add(parents());
        checks.add(launch());
        checks.add(launchSize());
        unit.obstacle(olderGenerations).ifPresent(why -> checks.add(Check.fail("systemd", why,
                "docs/operating.md has units that follow an upgrade")));
        checks.add(lowPriorityBoot());
        checks.addAll(flags());
        return checks;
    }

    private Check parents() {
        String name = "parent processes";
        String cure = "see the section on containers in docs/operating.md";
        return WaitingParent.find(generation > 0)
                .map(finding -> finding.certain() ? Check.fail(name, finding.text(), cure)
                        : Check.warn(name, finding.text(), cure))
                .orElseGet(() -> Check.pass(name, "none is known that would end with this process and take the"
                        + " successor along"));
    }

    private Check launch() {
        NextLaunch next = NextLaunch.of(launch, options.command(), List.of());
        Optional<Obstacle> obstacle = LaunchCheck.obstacle(next).or(() -> LaunchSize.obstacle(posix, next));
        return obstacle.isPresent() ? Check.fail("launch", obstacle.get().found(), obstacle.get().cure())
                : Check.pass("launch", LaunchCheck.shown(next));
    }

    private Check launchSize() {
        LaunchSize size = LaunchSize.of(NextLaunch.of(launch, options.command(), List.of()).started());
        String name = "arguments and environment";
        return size.isNearLimit() ? Check.warn(name, size.shown(), LaunchSize.CURE) : Check.pass(name, size.shown());
    }

    private Check lowPriorityBoot() {
        String name = "low-priority boot";
        if (options.lowPriorityBoot().isZero()) {
            return Check.pass(name, "off, as asked for");
        }
        Optional<String> obstacle = CompilerThreads.obstacle(posix);
        return obstacle.isPresent()
                ? Check.warn(name, "a successor competes with this server while it starts: " + obstacle.get(),
                        "allow it: LimitNICE=0 in the systemd unit, ulimit -e 20, or CAP_SYS_NICE")
                : Check.pass(name, "a successor's compilers leave the processors to this server while it starts");
    }

    private List<Check> flags() {
        NextLaunch next = NextLaunch.of(launch, options.command(), List.of());
        if (next.script().isPresent()) {
            List<Check> checks = checks(new MemoryCheck().findings(Optional.empty()));
            checks.addFirst(Check.pass("flags", "those of the launch script " + next.script().get()
                    + ", which is not read"));
            return checks;
        }
        JvmFlags flags = JvmFlags.of(next.started());
        List<Check> checks = new ArrayList<>();
        checks.add(Check.pass("flags", flags.shown().isEmpty() ? "none" : String.join(" ", flags.shown())));
        checks.addAll(checks(flags.findings()));
        checks.addAll(checks(new MemoryCheck().findings(Optional.of(flags))));
        return checks;
    }

    private static List<Check> checks(List<JvmFlags.Finding> findings) {
        List<Check> checks = new ArrayList<>();
        for (JvmFlags.Finding finding : findings) {
            checks.add(finding.cure().isEmpty() ? Check.pass(finding.name(), finding.found())
                    : Check.warn(finding.name(), finding.found(), finding.cure()));
        }
        return checks;
    }

    private Check reachableByOthers(Path socket) {
        String name = "control socket's path";
        Optional<String> weakness = ControlFolder.weakness(posix, socket);
        return weakness.isPresent()
                ? Check.warn(name, weakness.get() + ", so others could put their own socket there",
                        "use a folder below those that only the server's user and root may write to")
                : Check.pass(name, "nobody else could put another socket there");
    }

    private static Check writable(String name, Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder != null && Files.isWritable(folder) ? Check.pass(name, folder + " is writable")
                : Check.fail(name, folder + " is not writable", "make it writable for the server's user");
    }
}
