package dev.ecdysis.internal.handover;

import static dev.ecdysis.internal.handover.Agenda.MILLISECOND;
import static dev.ecdysis.internal.handover.Agenda.SECOND;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The durations of one simulation.
///
/// @param latency the most a frame takes, which stands for a peer that is busy
/// @param drain from the begin of a drain to its deadline
record Timing(long latency, long probation, long heartbeat, long drain) {
    static final long OVERSTAY = 5 * SECOND;
    static final long RELEASE_LIMIT = 1_500 * MILLISECOND;
    static final long TAKE_LIMIT = 3 * SECOND;
    /// How long a health check may take.
    static final long CHECK_LIMIT = 4 * SECOND;
    static final long KILL = 300 * MILLISECOND;
    /// How long after its end a process' pidfd may become readable: within the second of the verdict.
    static final long OBITUARY = 800 * MILLISECOND;
    /// Each step of an asynchronous effect.
    static final long WORK = 100 * MILLISECOND;

    static Timing draw(RandomGenerator random) {
        long latency = random.nextInt(4) == 0 ? 400 * MILLISECOND : 3 * MILLISECOND;
        long probation = random.nextInt(4) == 0 ? random.nextLong(50 * MILLISECOND) : random.nextLong(4 * SECOND);
        return new Timing(latency, probation, 200 * MILLISECOND + random.nextLong(300 * MILLISECOND),
                SECOND + random.nextLong(10 * SECOND));
    }

    /// The engine's: two beats.
    Duration heartbeatFreshness() {
        return Duration.ofNanos(2 * heartbeat);
    }

    long of(Timer timer) {
        return switch (timer) {
            case READY -> 30 * SECOND;
            case PROBATION -> probation;
            case SILENCE -> 2 * SECOND;
            case RECALL -> 3 * SECOND;
            case END -> 2 * SECOND;
            case PREDECESSOR_DEATH -> SECOND;
        };
    }
}
