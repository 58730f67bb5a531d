package dev.ecdysis.internal.systemd;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Of what `systemctl show` says of a unit: what decides whether it outlives its main process.
///
/// @param type such as `simple`
/// @param pidFile where systemd looks for the next main process when the old one has ended
/// @param mainPid the main process; 0 when there is none
/// @param livesWithItsGroup whether it lives as long as any of its processes does (`ExitType=cgroup`, systemd 250)
/// @param remainsAfterExit whether it stays active without a process (`RemainAfterExit=yes`), and leaves those of its
///        group alone until it is stopped
/// @param hearsMain whether at least its main process may tell systemd which is the next one (`NotifyAccess=`)
/// @param privateTmp whether its `/tmp` is not the one that systemd sees
record UnitProperties(String type, Optional<Path> pidFile, long mainPid, boolean livesWithItsGroup,
        boolean remainsAfterExit, boolean hearsMain, boolean privateTmp) {
    /// What is asked for. A systemd that does not know one of them leaves it out.
    static final List<String> ASKED = List.of("Type", "PIDFile", "MainPID", "ExitType", "RemainAfterExit",
            "NotifyAccess", "PrivateTmp");

    /// Reads lines of the form `Name=value`; empty when a main process is not among them.
    static Optional<UnitProperties> parse(String output) {
        Map<String, String> values = new HashMap<>();
        output.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        String pidFile = values.getOrDefault("PIDFile", "");
        String privateTmp = values.getOrDefault("PrivateTmp", "no");
        try {
            return values.containsKey("Type") && values.containsKey("MainPID")
                    ? Optional.of(new UnitProperties(values.get("Type"),
                            pidFile.startsWith("/") ? Optional.of(Path.of(pidFile)) : Optional.empty(),
                            Long.parseLong(values.get("MainPID")), "cgroup".equals(values.get("ExitType")),
                            "yes".equals(values.get("RemainAfterExit")),
                            !"none".equals(values.getOrDefault("NotifyAccess", "none")),
                            !privateTmp.equals("no")))
                    : Optional.empty();
        } catch (IllegalArgumentException e) { // not a number, or a path that this locale does not know
            return Optional.empty();
        }
    }
}
