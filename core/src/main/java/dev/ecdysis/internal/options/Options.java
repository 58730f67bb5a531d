package dev.ecdysis.internal.options;

import dev.ecdysis.Signal;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.spi.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What was asked for with the builder.
public record Options(Set<Signal> upgradeOn, Set<Signal> stopOn, Optional<Path> controlSocket, Optional<Path> pidFile,
        Duration probation, Duration drainDeadline, Duration readyTimeout, Duration lowPriorityBoot,
        Duration silenceTimeout, Duration handoverTimeout, Duration healthCheckTimeout, int maxDraining, String version,
        List<String> command,
        Optional<HealthCheck> healthCheck, List<UpgradeObserver> observers, boolean storeListeners) {
    /// How long a successor that was refused, or a draining process past its deadline, has before it is killed.
    public static final Duration GRACE = Duration.ofSeconds(5);
    /// How long a successor that never took over has to end by itself.
    public static final Duration END_GRACE = Duration.ofSeconds(1);
    /// How long a lost predecessor's death is waited for.
    public static final Duration PREDECESSOR_DEATH = Duration.ofSeconds(1);

    public Options {
        upgradeOn = Set.copyOf(upgradeOn);
        stopOn = Set.copyOf(stopOn);
        command = List.copyOf(command);
        observers = List.copyOf(observers);
    }

    /// How long a health check may take, in milliseconds; 0 when there is none.
    public long checkMillis() {
        return healthCheck.isPresent() ? healthCheckTimeout.toMillis() : 0;
    }

    /// How often a successor on probation beats: often enough that several beats must be lost before it counts as
    /// silent.
    public Duration heartbeatInterval() {
        return Duration.ofMillis(silenceTimeout.toMillis() / 8); // dividedBy() would load BigDecimal at every start
    }

    /// How old a beat may be to tell of now, or the life of an accept loop that it stands for: two intervals, and never
    /// less than a busy machine may delay it.
    public static Duration freshness(Duration interval) {
        return Duration.ofMillis(Math.max(interval.toMillis() * 2, 400));
    }
}
