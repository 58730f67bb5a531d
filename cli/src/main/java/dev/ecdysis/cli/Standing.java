package dev.ecdysis.cli;

import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.util.Locale;

/// How the process stands that was asked for an upgrade, once the outcome is known.
enum Standing {
    /// It accepts connections itself.
    SERVES,
    /// One of the two processes of an upgrade accepts them.
    ONE_OF_TWO_SERVES,
    /// It should accept them, and an acceptor of its own does not.
    IMPAIRED,
    /// It does not serve yet.
    NOT_READY,
    /// It serves no more, or does not say.
    NOT_KNOWN;

    static Standing of(ServerStatus status) {
        return switch (status.state()) {
            case RUNNING, ABANDONING -> SERVES;
            case IMPAIRED -> IMPAIRED;
            case INITIALISING -> NOT_READY;
            case UPGRADING -> status.ready() ? status.upgrade().map(Standing::of).orElse(NOT_KNOWN) : NOT_READY;
            case ROLLING_BACK -> ONE_OF_TWO_SERVES;
            case ABANDONED, STOPPING, STOPPED, UNKNOWN -> NOT_KNOWN;
        };
    }

    private static Standing of(UpgradeStatus upgrade) {
        return switch (upgrade.phase()) {
            case PREFLIGHT, SPAWNING, INITIALISING, CUTOVER -> SERVES;
            case PROBATION -> ONE_OF_TWO_SERVES;
            case DRAINING, UNKNOWN -> NOT_KNOWN;
        };
    }

    /// What a server does, in one or two words for humans and in JSON: during an upgrade its phase.
    static String word(ServerStatus status) {
        return switch (status.state()) {
            case UPGRADING -> status.upgrade().map(upgrade -> ProgressText.name(upgrade.phase())).orElse("upgrading");
            default -> status.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }
}
