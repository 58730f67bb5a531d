package dev.ecdysis;

import java.time.Duration;

/// What the options of this package have in common: a value out of range is refused with its name.
final class Checks {
    private Checks() {
    }

    static int atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
        return value;
    }

    static int between(int least, int most, int value, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be between " + least + " and " + most + ": " + value);
        }
        return value;
    }

    static Duration notNegative(Duration value, String name) {
        if (value.isNegative() || value.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(name + " must be between 0 and 365 days: " + value);
        }
        return value;
    }

    static Duration positive(Duration value, String name) {
        if (value.isZero()) {
            throw new IllegalArgumentException(name + " must be more than 0");
        }
        return notNegative(value, name);
    }
}
