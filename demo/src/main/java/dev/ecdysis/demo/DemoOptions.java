package dev.ecdysis.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What was asked for.
///
/// @param warmUp how long the load lasts before it counts
/// @param duration how long the load lasts, each way
/// @param rate requests a second, over new and kept connections together
/// @param upgrades how many times the server is replaced, each way
/// @param contrast whether the server is also stopped and started
/// @param badBuild whether every new version but the last crashes
/// @param report where the plot goes; empty for a new file in the temporary folder
record DemoOptions(Duration warmUp, Duration duration, int rate, int upgrades, boolean contrast, boolean badBuild,
        Optional<Path> report) {
    /// Generation 0 and the load itself are cold at first, which has nothing to do with replacing a server.
    static final Duration WARM_UP = Duration.ofSeconds(2);
    static final Duration DURATION = Duration.ofSeconds(15);
    static final int RATE = 1000;
    static final int UPGRADES = 5;
    static final int KEPT_CONNECTIONS = 50;

    private static final int UPGRADES_MOST = 100;
    private static final int RATE_MOST = 10_000;
    private static final Duration DURATION_LEAST = Duration.ofSeconds(1);
    private static final Duration DURATION_MOST = Duration.ofMinutes(30);
    private static final long REQUESTS_MOST = 3_000_000;

    DemoOptions {
        check(duration.compareTo(DURATION_LEAST) >= 0 && duration.compareTo(DURATION_MOST) <= 0,
                "--duration must be between 1s and 30m");
        check(rate >= 1 && rate <= RATE_MOST, "--rate must be between 1 and 10000 requests a second");
        check(upgrades >= 1 && upgrades <= UPGRADES_MOST, "--upgrades must be between 1 and 100");
        check(rate * duration.toSeconds() <= REQUESTS_MOST,
                "--rate times --duration must not be more than 3000000 requests");
        check(!badBuild || upgrades >= 2,
                "--bad-build needs --upgrades 2 or more: the last one is a good build");
    }

    /// When a replacement begins, since the start of the load: evenly spread, with room on both sides.
    Duration moment(int replacement) {
        return duration.multipliedBy(2L * replacement + 1).dividedBy(2L * upgrades);
    }

    /// Whether the new version of this replacement crashes.
    boolean isBad(int replacement) {
        return badBuild && replacement < upgrades - 1;
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
