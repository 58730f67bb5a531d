package dev.ecdysis.internal.engine;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Signal;
import dev.ecdysis.Unix;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.internal.accept.AcceptorWarmUp;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixUnavailableException;
import dev.ecdysis.internal.warmup.Rehearsal;
import dev.ecdysis.spi.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The builder behind [Ecdysis#builder()].
public final class EngineBuilder implements Ecdysis.Builder {
    private static final Duration LONGEST = Duration.ofDays(365);
    /// Two descriptors of each are handed to a successor, beside the sockets.
    private static final int MOST_DRAINING = 100;
    private static final Duration SHORTEST_SILENCE = Duration.ofMillis(200);

    private final Supplier<Posix> posix;
    private Set<Signal> upgradeOn = Set.of();
    private Set<Signal> stopOn = Set.of();
    private @Nullable Path controlSocket;
    private @Nullable Path pidFile;
    private boolean storeListeners;
    private Duration probation = Duration.ofSeconds(3);
    private Duration drainDeadline = Duration.ofSeconds(30);
    private Duration readyTimeout = Duration.ofSeconds(60);
    private Duration lowPriorityBoot = Duration.ofSeconds(5);
    private Duration silenceTimeout = Duration.ofSeconds(2);
    private Duration handoverTimeout = Duration.ofSeconds(5);
    private Duration healthCheckTimeout = Duration.ofSeconds(10);
    private int maxDraining = 3;
    private @Nullable String version;
    private List<String> command = List.of();
    private @Nullable HealthCheck healthCheck;
    private final List<UpgradeObserver> observers = new ArrayList<>();

    /// Of this machine.
    public EngineBuilder() {
        this(new Kernel());
    }

    private static final class Kernel implements Supplier<Posix>, Runnable {
        /// Begins to link the system calls on another thread: that is a third of what a start costs, and a successor's
        /// start is what an upgrade waits for.
        void linkAhead() {
            Thread.ofPlatform().daemon().name("ecdysis-link").start(this);
        }

        @Override
        public Posix get() {
            Posix kernel = LinuxPosix.open();
            Log.heed(new StandardErrorRoom(kernel));
            return kernel;
        }

        @Override
        public void run() {
            try {
                var _ = LinuxPosix.open().geteuid(); // the first call links what all calls go through
            } catch (PosixUnavailableException e) {
                // start() meets the same, and tells it to whoever can do something about it.
                Log.of(EngineBuilder.class).log(System.Logger.Level.DEBUG, "linking", e);
            }
        }
    }

    /// For tests, with another kernel.
    public EngineBuilder(Supplier<Posix> posix) {
        this.posix = posix;
    }

    @Override
    public Ecdysis.Builder upgradeOn(Signal... signals) {
        upgradeOn = disjoint(signals, stopOn, "stops");
        return this;
    }

    @Override
    public Ecdysis.Builder stopOn(Signal... signals) {
        stopOn = disjoint(signals, upgradeOn, "upgrades");
        return this;
    }

    private static Set<Signal> disjoint(Signal[] signals, Set<Signal> others, String whatTheyDo) {
        Set<Signal> set = EnumSet.noneOf(Signal.class);
        for (Signal signal : signals) {
            if (others.contains(signal)) {
                throw new IllegalArgumentException("signal " + signal + " " + whatTheyDo
                        + " already; one signal cannot both upgrade and stop");
            }
            set.add(signal);
        }
        return set;
    }

    @Override
    public Ecdysis.Builder controlSocket(Path path) {
        Unix.of(path); // refuses one that is too long
        controlSocket = path;
        return this;
    }

    @Override
    public Ecdysis.Builder pidFile(Path path) {
        pidFile = path;
        return this;
    }

    @Override
    public Ecdysis.Builder storeListeners(boolean on) {
        storeListeners = on;
        return this;
    }

    @Override
    public Ecdysis.Builder probation(Duration duration) {
        probation = between(Duration.ZERO, duration, "probation");
        return this;
    }

    @Override
    public Ecdysis.Builder drainDeadline(Duration duration) {
        drainDeadline = between(Duration.ZERO, duration, "drainDeadline");
        return this;
    }

    @Override
    public Ecdysis.Builder readyTimeout(Duration duration) {
        readyTimeout = between(Duration.ofMillis(1), duration, "readyTimeout");
        return this;
    }

    @Override
    public Ecdysis.Builder lowPriorityBoot(Duration atMost) {
        lowPriorityBoot = between(Duration.ZERO, atMost, "lowPriorityBoot");
        return this;
    }

    @Override
    public Ecdysis.Builder silenceTimeout(Duration duration) {
        silenceTimeout = between(SHORTEST_SILENCE, duration, "silenceTimeout");
        return this;
    }

    @Override
    public Ecdysis.Builder handoverTimeout(Duration duration) {
        handoverTimeout = between(Duration.ofMillis(1), duration, "handoverTimeout");
        return this;
    }

    @Override
    public Ecdysis.Builder healthCheckTimeout(Duration duration) {
        healthCheckTimeout = between(Duration.ofMillis(1), duration, "healthCheckTimeout");
        return this;
    }

    private static Duration between(Duration least, Duration value, String name) {
        if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " must be between " + least.toMillis() + " ms and 365 days: " + value);
        }
        return value;
    }

    @Override
    public Ecdysis.Builder maxDraining(int generations) {
        if (generations < 1 || generations > MOST_DRAINING) {
            throw new IllegalArgumentException(
                    "maxDraining must be between 1 and " + MOST_DRAINING + ": " + generations);
        }
        maxDraining = generations;
        return this;
    }

    @Override
    public Ecdysis.Builder version(String label) {
        version = label;
        return this;
    }

    @Override
    public Ecdysis.Builder command(List<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("the command is empty; name a program");
        }
        command = List.copyOf(words);
        return this;
    }

    @Override
    public Ecdysis.Builder healthCheck(HealthCheck check) {
        healthCheck = check;
        return this;
    }

    @Override
    public Ecdysis.Builder observer(UpgradeObserver observer) {
        observers.add(observer);
        return this;
    }

    @Override
    public Ecdysis start() throws EcdysisException {
        if (posix instanceof Kernel kernel) {
            kernel.linkAhead();
        }
        Options options = new Options(upgradeOn, stopOn, Optional.ofNullable(controlSocket),
                Optional.ofNullable(pidFile), probation, drainDeadline, readyTimeout, lowPriorityBoot, silenceTimeout,
                handoverTimeout, healthCheckTimeout,
                maxDraining, version == null ? VersionLabel.ofTheMainJar() : version, command,
                Optional.ofNullable(healthCheck),
                observers, storeListeners);
        // Not before: it logs, and the application may have set up its logging only now.
        AcceptorWarmUp.begin();
        Rehearsal.asSuccessor();
        try {
            return Startup.start(posix.get(), options);
        } catch (PosixUnavailableException e) {
            throw new EcdysisException(String.valueOf(e.getMessage()), e);
        }
    }
}
