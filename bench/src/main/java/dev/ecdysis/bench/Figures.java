package dev.ecdysis.bench;

import dev.ecdysis.demo.load.Mode;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Numbers as they are printed; the same in every locale.
final class Figures {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double PERCENT = 100;
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Figures() {
    }

    /// With thousands set apart.
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /// With three digits that matter: `93 us`, `1.25 ms`, `912 ms`.
    static String duration(Duration duration) {
        double millis = millis(duration);
        if (millis < 1) {
            return Math.round(duration.toNanos() / NANOS_PER_MICRO) + " us";
        }
        String form = millis < 10 ? "%.2f ms" : millis < 100 ? "%.1f ms" : "%,.0f ms";
        return String.format(Locale.ROOT, form, millis);
    }

    static String micros(long micros) {
        return duration(Duration.ofNanos(micros * 1000));
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.4f", ratio);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static String share(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * PERCENT);
    }

    static double millis(Duration duration) {
        return duration.toNanos() / NANOS_PER_MILLI;
    }

    /// As people read it.
    static String label(Mode mode) {
        return switch (mode) {
            case NEW_CONNECTION -> "new connections";
            case KEEP_ALIVE -> "keep-alive";
        };
    }

    /// As programs read it, the same as on the command line.
    static String key(Mode mode) {
        return switch (mode) {
            case NEW_CONNECTION -> "new";
            case KEEP_ALIVE -> "keep-alive";
        };
    }

    static String json(Object value) {
        return JSON.writeValueAsString(value);
    }
}
