package dev.ecdysis.demo;

import java.time.Duration;
import java.util.Locale;

/// Numbers as the ledger and the display show them; the same in every locale.
final class Numbers {
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private Numbers() {
    }

    /// With thousands set apart.
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /// With three digits that matter: `93 us`, `1.25 ms`, `912 ms`, `1,204 ms`.
    static String duration(Duration duration) {
        long nanos = duration.toNanos();
        return nanos < NANOS_PER_MILLI ? Math.round(nanos / NANOS_PER_MICRO) + " us"
                : millis(nanos / NANOS_PER_MILLI) + " ms";
    }

    /// A latency in microseconds, as milliseconds without the unit.
    static String latency(long micros) {
        return millis(micros / MICROS_PER_MILLI);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / MICROS_PER_MILLI);
    }

    /// Text that a program wrote, without what would control a terminal.
    static String printable(String text) {
        return text.replace("\t", "    ").replaceAll("\\p{C}", "?");
    }

    private static String millis(double millis) {
        String form = millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, form, millis);
    }
}
