package dev.ecdysis.cli;

import java.time.Duration;
import java.util.Locale;

/// A duration as somebody would say it: two units at most.
final class HumanDuration {
    private HumanDuration() {
    }

    /// A duration below zero counts as zero.
    static String text(Duration duration) {
        if (duration.isNegative()) {
            return "0 ms";
        }
        if (duration.compareTo(Duration.ofMillis(10)) < 0 && !duration.isZero()) {
            return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / 1e6);
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
            return seconds(duration);
        }
        if (duration.compareTo(Duration.ofHours(1)) < 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        if (duration.compareTo(Duration.ofDays(1)) < 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }

    /// Seconds with one decimal, cut off and not rounded so that a display never runs ahead.
    static String seconds(Duration duration) {
        long tenths = Math.max(0, duration.toMillis() / 100);
        return tenths / 10 + "." + tenths % 10 + " s";
    }
}
