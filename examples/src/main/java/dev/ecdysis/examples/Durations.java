package dev.ecdysis.examples;

import java.time.Duration;

/// Durations as people write them: `500ms`, `3s`, `2m`, `1h`.
final class Durations {
    /// 11 digits of the largest unit still fit.
    private static final int MOST_DIGITS = 11;

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
        return switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> throw notADuration(text);
        };
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
