package dev.ecdysis.demo.load;

/// When each request is due and how it gets its connection: fixed before the first is sent, whatever the
/// server does. Pure.
final class Schedule {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerRequest;
    private final double keepAliveShare;
    private final long count;

    Schedule(LoadPlan plan) {
        nanosPerRequest = NANOS_PER_SECOND / plan.requestsPerSecond();
        keepAliveShare = plan.keepAliveShare();
        // A request that is due exactly at the end is not sent.
        long fitting = (long) Math.ceil(plan.duration().toNanos() / nanosPerRequest);
        count = Math.min(plan.requestsAtMost(), fitting);
    }

    /// How many requests there are.
    long count() {
        return count;
    }

    /// When a request is due, in nanoseconds since the start.
    long due(long request) {
        return (long) (request * nanosPerRequest);
    }

    /// Spreads the modes evenly: with a share of a half they alternate.
    Mode mode(long request) {
        boolean kept = Math.floor((request + 1) * keepAliveShare) > Math.floor(request * keepAliveShare);
        return kept ? Mode.KEEP_ALIVE : Mode.NEW_CONNECTION;
    }
}
