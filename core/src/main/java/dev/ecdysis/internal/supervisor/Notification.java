package dev.ecdysis.internal.supervisor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// What one datagram says, as sd_notify(3) has it; what is not understood counts for nothing.
///
/// @param mainPid who serves
/// @param ready whether the sender says that it is
/// @param stopping whether the sender says that it stops for good
/// @param passedOn lines that mean something to whoever supervises us, too
record Notification(OptionalInt mainPid, boolean ready, boolean stopping, List<String> passedOn) {
    /// As systemd has it: longer ones are nobody's.
    static final int MOST_BYTES = 4096;
    private static final Set<String> OF_THE_SERVICE = Set.of("READY", "RELOADING", "MONOTONIC_USEC", "STOPPING",
            "STATUS", "ERRNO", "EXTEND_TIMEOUT_USEC", "WATCHDOG");
    private static final String MAIN_PID = "MAINPID=";

    Notification {
        passedOn = List.copyOf(passedOn);
    }

    static Notification parse(ByteBuffer bytes) {
        OptionalInt mainPid = OptionalInt.empty();
        boolean ready = false;
        boolean stopping = false;
        List<String> passedOn = new ArrayList<>();
        for (String line : StandardCharsets.UTF_8.decode(bytes).toString().split("\n", -1)) {
            if (line.startsWith(MAIN_PID)) {
                mainPid = pid(line.substring(MAIN_PID.length()));
            }
            ready |= line.equals("READY=1");
            stopping |= line.equals("STOPPING=1");
            int end = line.indexOf('=');
            if (end > 0 && OF_THE_SERVICE.contains(line.substring(0, end)) && isPrintable(line)) {
                passedOn.add(line);
            }
        }
        return new Notification(mainPid, ready, stopping, passedOn);
    }

    private static OptionalInt pid(String text) {
        try {
            int pid = Integer.parseInt(text);
            return pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty();
        } catch (NumberFormatException e) { // garbage names nobody
            return OptionalInt.empty();
        }
    }

    private static boolean isPrintable(String line) {
        return line.chars().noneMatch(Character::isISOControl);
    }
}
