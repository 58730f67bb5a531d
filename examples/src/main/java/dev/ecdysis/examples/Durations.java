package dev.ecdysis.examples;

import java.time.Duration;

/// Durations as people write them: `500ms`, `3s`, `2m`, `1h`.
final class Durations {
    /// Of any unit they fit into a duration, whose length can be looked at then.
    private static final int MOST_DIGITS = 11;
    /// What the library takes as well, and little enough to be counted in nanoseconds.
    private static final Duration LONGEST = Duration.ofDays(365);

    private Durations() {
    }

    static Duration parse(String text) throws UsageException {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > MOST_DIGITS) {
            throw notADuration(text);
        }
        long amount = Long.parseLong(text.substring(0, digits));
        Duration duration = switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> throw notADuration(text);
        };
        if (duration.compareTo(LONGEST) > 0) {
            throw new UsageException("too long: '" + text + "'; at most " + LONGEST.toHours() + "h");
        }
        return duration;
    }

    private static UsageException notADuration(String text) {
        return new UsageException("not a duration: '" + text + "'; write 500ms, 3s, 2m or 1h");
    }

    /// In milliseconds, with one decimal below ten: a pause of 0.3ms should not read as 0.
    static String format(Duration duration) {
        long tenths = duration.toNanos() / 100_000;
        return tenths >= 100 ? tenths / 10 + "ms" : tenths / 10 + "." + tenths % 10 + "ms";
    }
}
