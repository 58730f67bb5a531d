package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.PosixUnavailableException;

/// How [SpawnCalls] keeps what was not named from crossing exec.
enum SpawnMethod {
    /// The child closes it, if libc can tell it to, else as [#CLOSE_RANGE].
    AUTOMATIC,
    /// The child closes it: exact, and glibc 2.34 or newer.
    CLOSEFROM,
    /// This process marks it close-on-exec just before: any libc and Linux 5.11 or newer, but what another thread
    /// opens in between crosses.
    CLOSE_RANGE;

    /// The system property that forces a way: `closefrom` or `close-range`. Where it is not set, or empty, the way is
    /// chosen. Meant for tests of the second on a machine that has the first.
    static final String PROPERTY = "dev.ecdysis.spawn";

    /// The one that the system property asks for.
    static SpawnMethod asked() {
        return of(System.getProperty(PROPERTY, ""));
    }

    /// @throws PosixUnavailableException when there is no such way
    static SpawnMethod of(String forced) {
        return switch (forced) {
            case "" -> AUTOMATIC;
            case "closefrom" -> CLOSEFROM;
            case "close-range" -> CLOSE_RANGE;
            default -> throw new PosixUnavailableException("-D" + PROPERTY + "=" + forced
                    + " is no way to start a process; write closefrom or close-range");
        };
    }

    /// @param inLibc whether libc can tell the child to
    boolean byTheChild(boolean inLibc) {
        return this == CLOSEFROM || (this == AUTOMATIC && inLibc);
    }
}
