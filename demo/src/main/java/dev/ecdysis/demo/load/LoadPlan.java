package dev.ecdysis.demo.load;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;

/// What load to drive, where to, and for how long. Immutable: each setter gives back a changed plan.
///
/// @param target a loopback TCP address, or a Unix socket's path
/// @param requestsPerSecond over both modes; the schedule is even and never waits for answers
/// @param keepAliveShare which part of the requests goes over kept connections, 0 to 1
/// @param keepAliveConnections how many connections are kept
/// @param duration when the load ends by itself
/// @param patience how long after it was due a request may take
/// @param path the request target, such as `/`
/// @param requestsAtMost the load ends by itself after this many requests
/// @param connectionsAtMost how many connections with a request of their own may be open at once; what is due
///        beyond that waits, and its time runs
public record LoadPlan(SocketAddress target, double requestsPerSecond, double keepAliveShare,
        int keepAliveConnections,
        Duration duration, Duration patience, String path, long requestsAtMost, int connectionsAtMost) {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final double FASTEST = 100_000;

    public LoadPlan {
        if (target instanceof InetSocketAddress inet
                ? inet.isUnresolved() || !inet.getAddress().isLoopbackAddress()
                : !(target instanceof UnixDomainSocketAddress)) {
            throw new IllegalArgumentException(
                    "load goes to loopback addresses and Unix sockets only: " + target);
        }
        // Written so that NaN is refused as well.
        check(requestsPerSecond > 0 && requestsPerSecond <= FASTEST, "requestsPerSecond", requestsPerSecond);
        check(keepAliveShare >= 0 && keepAliveShare <= 1, "keepAliveShare", keepAliveShare);
        check(keepAliveConnections >= 1 && keepAliveConnections <= 10_000, "keepAliveConnections",
                keepAliveConnections);
        check(duration.isPositive() && duration.compareTo(LONGEST) <= 0, "duration", duration);
        check(patience.isPositive() && patience.compareTo(LONGEST) <= 0, "patience", patience);
        check(path.matches("/[!-~]*"), "path", path);
        check(requestsAtMost >= 1 && requestsAtMost <= 100_000_000, "requestsAtMost", requestsAtMost);
        check(connectionsAtMost >= 1 && connectionsAtMost <= 100_000, "connectionsAtMost", connectionsAtMost);
    }

    /// A thousand requests a second, half over new connections and half over 50 kept ones, until stopped, an
    /// hour or ten million requests at most.
    public static LoadPlan to(SocketAddress target) {
        return new LoadPlan(target, 1000, 0.5, 50, LONGEST, Duration.ofSeconds(5), "/", 10_000_000, 8192);
    }

    public LoadPlan requestsPerSecond(double changed) {
        return new LoadPlan(target, changed, keepAliveShare, keepAliveConnections, duration, patience, path,
                requestsAtMost, connectionsAtMost);
    }

    public LoadPlan keepAliveShare(double changed) {
        return new LoadPlan(target, requestsPerSecond, changed, keepAliveConnections, duration, patience,
                path,
                requestsAtMost, connectionsAtMost);
    }

    public LoadPlan keepAliveConnections(int changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, changed, duration, patience, path,
                requestsAtMost, connectionsAtMost);
    }

    public LoadPlan duration(Duration changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, keepAliveConnections, changed,
                patience, path,
                requestsAtMost, connectionsAtMost);
    }

    public LoadPlan patience(Duration changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, keepAliveConnections, duration,
                changed, path,
                requestsAtMost, connectionsAtMost);
    }

    public LoadPlan path(String changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, keepAliveConnections, duration,
                patience,
                changed, requestsAtMost, connectionsAtMost);
    }

    public LoadPlan requestsAtMost(long changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, keepAliveConnections, duration,
                patience, path,
                changed, connectionsAtMost);
    }

    public LoadPlan connectionsAtMost(int changed) {
        return new LoadPlan(target, requestsPerSecond, keepAliveShare, keepAliveConnections, duration,
                patience, path,
                requestsAtMost, changed);
    }

    private static void check(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is out of range: " + value);
        }
    }
}
