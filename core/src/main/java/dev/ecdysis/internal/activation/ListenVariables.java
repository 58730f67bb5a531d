package dev.ecdysis.internal.activation;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.procfs.ProcFiles;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a service manager says in the environment of a process about the descriptors that it has passed to it, as
/// [sd_listen_fds(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html) has it.
///
/// @param names of the descriptors from 3 on, in order
/// @param why there are none; empty when there are some
record ListenVariables(List<String> names, String why) {
    /// They are for the one process that they name, and not for what that starts.
    static final List<String> ALL = List.of("LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES");
    /// The number of the first descriptor.
    static final int FIRST = 3;

    private static final String UNKNOWN = "unknown";
    /// More than the kernel lets a process have: a bound, not a limit anybody meets.
    private static final int MOST = 1 << 20;

    ListenVariables {
        names = List.copyOf(names);
    }

    /// Whether there is one of them, whatever it says.
    static boolean isThere(List<byte[]> environment) {
        return ALL.stream().anyMatch(name -> value(environment, name).isPresent());
    }

    /// Reads what is meant for this process.
    ///
    /// @param identity of a pidfd of this process, which is its own as long as the machine runs; empty where the kernel has none
    /// @throws EcdysisException when it is meant for this process and makes no sense
    static ListenVariables read(List<byte[]> environment, long pid, OptionalLong identity) throws EcdysisException {
        Optional<String> count = value(environment, "LISTEN_FDS");
        Optional<String> meant = value(environment, "LISTEN_PID");
        if (count.isEmpty() || meant.isEmpty()) {
            return none((count.isEmpty() ? "LISTEN_FDS" : "LISTEN_PID")
                    + " is not set; start it through its socket unit");
        }
        if (number("LISTEN_PID", meant.get()) != pid) {
            return none("LISTEN_PID names process " + meant.get() + ", and this is process " + pid
                    + "; a script that starts the server must end with exec");
        }
        Optional<String> meantIdentity = value(environment, "LISTEN_PIDFDID");
        if (meantIdentity.isPresent() && identity.isPresent()
                && number("LISTEN_PIDFDID", meantIdentity.get()) != identity.getAsLong()) {
            return none("LISTEN_PIDFDID names another process that had this one's number");
        }
        long descriptors = number("LISTEN_FDS", count.get());
        if (descriptors < 0 || descriptors > MOST) {
            throw wrong("LISTEN_FDS", count.get(), "a number of descriptors");
        }
        return new ListenVariables(names(environment, (int) descriptors), "LISTEN_FDS=" + descriptors);
    }

    private static List<String> names(List<byte[]> environment, int count) throws EcdysisException {
        Optional<String> names = value(environment, "LISTEN_FDNAMES");
        if (names.isEmpty() || (count == 0 && names.get().isEmpty())) {
            return Collections.nCopies(count, UNKNOWN);
        }
        List<String> all = List.of(names.get().split(":", -1));
        if (all.size() != count) {
            throw wrong("LISTEN_FDNAMES", names.get(),
                    "a name for each of the " + count + " descriptors of LISTEN_FDS");
        }
        return all;
    }

    private static ListenVariables none(String why) {
        return new ListenVariables(List.of(), why);
    }

    private static long number(String name, String value) throws EcdysisException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            EcdysisException wrong = wrong(name, value, "a number");
            wrong.initCause(e);
            throw wrong;
        }
    }

    private static EcdysisException wrong(String name, String value, String what) {
        return new EcdysisException("the environment variable " + name + "=" + value + " is not " + what
                + "; unset it, or start the server through its socket unit");
    }

    private static Optional<String> value(List<byte[]> environment, String name) {
        return ProcFiles.variable(environment, name).map(value -> new String(value, StandardCharsets.UTF_8));
    }
}
