package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// How often systemd wants to hear that a service lives, as
/// [sd_watchdog_enabled(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_watchdog_enabled.html) has it.
record Watchdog(Duration limit) {
    private static final System.Logger LOG = Log.of(Watchdog.class);
    private static final String LIMIT = "WATCHDOG_USEC";
    private static final String FOR_WHOM = "WATCHDOG_PID";
    /// More often would be a load of its own.
    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration MOST = Duration.ofDays(365);

    /// The variables are those of generation 0, which travel: later on the process that they name has been replaced, and
    /// whoever serves speaks for the service.
    ///
    /// @param first whether this is generation 0
    /// @param self its pid
    static Optional<Watchdog> of(Function<String, Optional<String>> environment, boolean first, long self) {
        Optional<String> limit = environment.apply(LIMIT);
        Optional<String> forWhom = environment.apply(FOR_WHOM);
        boolean forAnother = first && forWhom.isPresent() && !forWhom.get().equals(Long.toString(self));
        if (limit.isEmpty() || forAnother) {
            return Optional.empty();
        }
        try {
            Duration parsed = Duration.ofNanos(Math.multiplyExact(Long.parseLong(limit.get()), 1_000L));
            if (parsed.isPositive() && parsed.compareTo(MOST) <= 0) {
                return Optional.of(new Watchdog(parsed));
            }
        } catch (NumberFormatException | ArithmeticException e) {
            LOG.log(System.Logger.Level.DEBUG, LIMIT, e);
        }
        LOG.log(System.Logger.Level.WARNING,
                LIMIT + "=" + limit.get() + " is not a number of microseconds up to a year;"
                        + " no watchdog is told that this server lives");
        return Optional.empty();
    }

    /// Half the limit is what systemd asks for; a process that was stopped for a while has one more chance so.
    Duration interval() {
        Duration third = limit.dividedBy(3);
        return third.compareTo(LEAST) < 0 ? LEAST : third;
    }
}
